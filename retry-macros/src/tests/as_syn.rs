//! The macros read what `syn` reads, in every function and every expression of this workspace.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::TokenTree;
use quote::{ToTokens, quote};
use syn::visit::{self, Visit};
use syn::{Attribute, Block, Expr, FnArg, GenericParam, ReturnType, Signature, Visibility};

use crate::function::Function;
use crate::syntax::{self, Cursor};

/// Returns the files that `syn` can parse: some of those for tests of messages are mistakes. For a run over other code,
/// `RETRY_MACROS_SOURCES` names its folder.
fn sources() -> impl Iterator<Item = (PathBuf, syn::File)> {
    let workspace = || Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut folders =
        vec![env::var_os("RETRY_MACROS_SOURCES").map_or_else(workspace, PathBuf::from)];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let (path, name) = (entry.path(), entry.file_name());
            if path.is_dir() && name != "target" {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                files.push(path);
            }
        }
    }
    files.into_iter().filter_map(|path| {
        let text = fs::read_to_string(&path).ok()?;
        Some((path, syn::parse_file(&text).ok()?))
    })
}

/// What the macros ask of a signature, as text.
#[derive(Debug, PartialEq)]
struct Parts {
    is_async: bool,
    name: String,
    type_parameters: Vec<String>,
    has_receiver: bool,
    arguments: Vec<(String, String)>,
    output: Option<String>,
}

fn text(tokens: impl ToTokens) -> String {
    tokens.to_token_stream().to_string()
}

fn by_syn(sig: &Signature) -> Parts {
    let arguments = sig.inputs.iter().filter_map(|argument| match argument {
        FnArg::Typed(argument) => Some((text(&argument.pat), text(&argument.ty))),
        FnArg::Receiver(_) => None,
    });
    let parameters = sig.generics.params.iter();
    let parameters = parameters.filter_map(|parameter| match parameter {
        GenericParam::Type(parameter) => Some(parameter.ident.to_string()),
        _ => None,
    });
    Parts {
        is_async: sig.asyncness.is_some(),
        name: sig.ident.to_string(),
        type_parameters: parameters.collect(),
        has_receiver: sig.receiver().is_some(),
        arguments: arguments.collect(),
        output: match &sig.output {
            ReturnType::Default => None,
            ReturnType::Type(_, output) => Some(text(output)),
        },
    }
}

fn by_the_macros(function: &Function) -> Parts {
    let sig = &function.sig;
    let arguments = sig.arguments.iter();
    let parameters = sig.type_parameters();
    Parts {
        is_async: sig.asyncness.is_some(),
        name: sig.ident.to_string(),
        type_parameters: parameters.iter().map(ToString::to_string).collect(),
        has_receiver: sig.receiver.is_some(),
        arguments: arguments.map(|it| (text(&it.pat), text(&it.ty))).collect(),
        output: sig.output.as_ref().map(text),
    }
}

#[derive(Default)]
struct Comparison {
    functions: usize,
    expressions: usize,
    differences: Vec<String>,
}

impl Comparison {
    fn function(&mut self, attrs: &[Attribute], vis: &Visibility, sig: &Signature, body: &Block) {
        self.functions += 1;
        let outer = attrs
            .iter()
            .filter(|attr| matches!(attr.style, syn::AttrStyle::Outer));
        let item = quote!(#(#outer)* #vis #sig #body);
        let theirs = by_syn(sig);
        match Function::parse(&item) {
            Ok(function) => {
                let ours = by_the_macros(&function);
                if ours != theirs {
                    self.differences
                        .push(format!("{ours:?} is by syn {theirs:?}"));
                }
            }
            Err(_) => self.differences.push(format!("{theirs:?} is an error")),
        }
    }
}

impl<'ast> Visit<'ast> for Comparison {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.function(&item.attrs, &item.vis, &item.sig, &item.block);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.function(&item.attrs, &item.vis, &item.sig, &item.block);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(body) = &item.default {
            self.function(&item.attrs, &Visibility::Inherited, &item.sig, body);
        }
        visit::visit_trait_item_fn(self, item);
    }

    fn visit_expr(&mut self, expression: &'ast Expr) {
        // A `let` is one only within a condition.
        if !matches!(expression, Expr::Let(_)) {
            self.expressions += 1;
            let mut tokens: Vec<TokenTree> = expression.to_token_stream().into_iter().collect();
            let length = tokens.len();
            tokens.extend(quote!(, next = 1));
            let mut input = Cursor::new(&tokens);
            let ends_there = syntax::Expr::parse(&mut input).is_ok()
                && tokens.len() - input.rest.len() == length;
            if !ends_there {
                self.differences.push(format!(
                    "`{}` does not end where syn ends it",
                    text(expression)
                ));
            }
        }
        visit::visit_expr(self, expression);
    }
}

#[test]
fn every_function_and_every_expression_of_this_workspace_is_read_as_syn_reads_it() {
    let mut compared = Comparison::default();
    for (path, file) in sources() {
        let known = compared.differences.len();
        compared.visit_file(&file);
        for difference in &mut compared.differences[known..] {
            *difference = format!("{}: {difference}", path.display());
        }
    }
    let Comparison {
        functions,
        expressions,
        differences,
    } = compared;
    println!("{functions} functions, {expressions} expressions");
    assert!(
        functions > 1_000 && expressions > 10_000,
        "the sources are found"
    );
    assert!(
        differences.is_empty(),
        "{} differences:\n{}",
        differences.len(),
        differences.join("\n")
    );
}
