//! Overrides as text, as documents, and from the environment.

use retryable::config::Overrides;

fn message(text: &str) -> String {
    Overrides::parse(text).unwrap_err().to_string()
}

#[test]
fn spaces_and_quotation_marks_around_names_and_values_do_not_count() {
    let expected = Overrides::parse("orders::fetch(max=1),*(max=2)").unwrap();
    for text in [
        " orders::fetch ( max = 1 ) , * ( max = 2 ) ",
        "orders::fetch(max=1),*(max=2),",
        "\"orders::fetch\"(max=1), '*'(max=2)",
        "orders::fetch(max=1,),\n*(max=2)\n",
    ] {
        assert_eq!(Overrides::parse(text).as_ref(), Ok(&expected), "{text}");
    }
    assert_eq!(Overrides::parse(""), Ok(Overrides::default()));
    assert_eq!(Overrides::parse(" \n"), Ok(Overrides::default()));
}

#[test]
fn a_document_has_the_same_entries() {
    let expected = Overrides::parse("orders::*(base=50ms, max=3), *(on=refused)").unwrap();
    let toml = r#"
        "orders::*" = { base = "50ms", max = 3 }
        "*".on = "refused"
    "#;
    let from_toml: Overrides = toml::from_str(toml).unwrap();
    for name in ["a::orders::b", "other"] {
        assert_eq!(from_toml.of(name), expected.of(name));
    }
    let json = r#"{"orders::*": "base=50ms, max=3", "*": {"on": "refused"}}"#;
    assert_eq!(serde_json::from_str::<Overrides>(json).unwrap(), expected);
}

#[test]
fn nonsense_says_what_to_write() {
    assert_eq!(
        message("\"*(max=1)\""),
        "expected `name(key = value)`, but this is `\"*(max=1)\"`: write it without quotation marks around it"
    );
    assert_eq!(
        message("max=1"),
        "expected `name(key = value)`, but this is `max=1`"
    );
    assert_eq!(
        message("off"),
        "expected `name(key = value)`, but this is `off`"
    );
    assert_eq!(message("*(max=1"), "`*`: `)` is missing at the end");
    assert_eq!(
        message("(max=1)"),
        "a name is missing: write `*` for all calls"
    );
    assert_eq!(
        message("a*b(max=1)"),
        "`a*b`: `*` is allowed only at the end of a name"
    );
    assert_eq!(
        message("a(max=1) b(max=2)"),
        "`a`: expected `,` after `)`, but this is `b(max=2)`"
    );
    assert_eq!(
        message("a(max=1), a(max=2)"),
        "`a`: this name is given twice"
    );
    assert_eq!(
        message("a(backof=exp)"),
        "unknown key `a.backof`; did you mean `backoff`?"
    );
    assert_eq!(
        message("a(base=50)"),
        "`a.base` needs a unit: a string such as \"250ms\" or \"1m 30s\""
    );
}

#[test]
fn what_belongs_to_the_code_cannot_be_overridden() {
    assert_eq!(
        message("a(budget=20%, backoff=fixed)"),
        "`a.backoff` cannot be overridden: it belongs to the code\n\
         `a.budget` cannot be overridden: it belongs to the code"
    );
}

#[test]
fn all_faults_of_all_entries_are_found() {
    let error = toml::from_str::<Overrides>(
        r#"
        "a" = { max = 0, cap = 5 }
        "b::*" = { on = "all" }
        "#,
    )
    .unwrap_err();
    assert_eq!(
        error.message(),
        "`a.cap` needs a unit: a string such as \"250ms\" or \"1m 30s\"\n\
         `a.max` counts the first call too, so it must be at least 1\n\
         unknown `b::*.on` \"all\"; did you mean `any`?"
    );
}

/// Variables cannot be set in a process with threads, so the process is started again.
#[test]
fn the_environment() {
    use std::process::Command;

    const VARIABLE: &str = "RETRYABLE_TEXT_TEST";

    if std::env::var_os("RETRYABLE_TEXT_TEST_CHILD").is_some() {
        match Overrides::from_env(VARIABLE) {
            Ok(overrides) => println!("<{}>", overrides.of("orders::fetch")),
            Err(error) => println!("<{error}>"),
        }
        return;
    }
    let run = |value: Option<&std::ffi::OsStr>| {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "text::the_environment", "--nocapture"]);
        command
            .env("RETRYABLE_TEXT_TEST_CHILD", "1")
            .env_remove(VARIABLE);
        if let Some(value) = value {
            command.env(VARIABLE, value);
        }
        let output = String::from_utf8(command.output().unwrap().stdout).unwrap();
        let (_, output) = output.split_once('<').unwrap();
        output.rsplit_once('>').unwrap().0.to_owned()
    };
    let text = |value: &str| run(Some(value.as_ref()));
    assert_eq!(run(None), "");
    assert_eq!(text(""), "");
    assert_eq!(text("  "), "");
    assert_eq!(text(" orders::*( max = 2 ) "), "max = 2");
    assert_eq!(
        text("\"*(max=1)\""),
        "`RETRYABLE_TEXT_TEST`: expected `name(key = value)`, but this is `\"*(max=1)\"`: \
         write it without quotation marks around it"
    );
    assert_eq!(
        text("*(max=0)"),
        "`RETRYABLE_TEXT_TEST.*.max` counts the first call too, so it must be at least 1"
    );
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;

        let bytes = std::ffi::OsStr::from_bytes(b"*(max=\xff)");
        assert_eq!(
            run(Some(bytes)),
            "`RETRYABLE_TEXT_TEST`: the text is not Unicode"
        );
    }
}
