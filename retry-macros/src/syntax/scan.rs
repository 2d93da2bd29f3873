//! Finds where an expression ends.

use proc_macro2::{Delimiter, Spacing, TokenTree};

use super::expression::{after_parameters, is_arrow, is_keyword};
use super::{Cursor, is_mark, is_word, until};
use crate::errors::Error;

/// Returns the length of the expression that `tokens` begin with. It ends at a comma, which is not one in `|a, b|` or in
/// `::<A, B>`. Mistakes inside of parentheses are left to the compiler. `Err(None)` if the expression ends too early.
pub(super) fn expression_end(tokens: &[TokenTree]) -> Result<usize, Option<Error>> {
    let mut scan = Scan {
        tokens,
        at: 0,
        expects: Expects::Operand,
        is_type: false,
    };
    while let Some(token) = scan.peek(0).filter(|token| !is_mark(Some(token), ',')) {
        match scan.expects {
            Expects::Operand | Expects::OperandOrEnd => scan.operand(token)?,
            Expects::Operator => scan.operator(token)?,
        }
    }
    match (scan.expects, scan.peek(0)) {
        (Expects::Operand, Some(_)) if scan.at > 0 => scan.unexpected("expected an expression"),
        (Expects::Operand, _) => Err(None),
        _ => Ok(scan.at),
    }
}

#[derive(Clone, Copy)]
enum Expects {
    Operand,
    /// After `return`, `break` and `..`.
    OperandOrEnd,
    Operator,
}

struct Scan<'a> {
    tokens: &'a [TokenTree],
    at: usize,
    expects: Expects,
    /// Whether the operand is the type of an `as`, where `<` begins arguments.
    is_type: bool,
}

impl<'a> Scan<'a> {
    fn peek(&self, distance: usize) -> Option<&'a TokenTree> {
        self.tokens.get(self.at + distance)
    }

    fn unexpected<T>(&self, message: &str) -> Result<T, Option<Error>> {
        let rest = self.tokens.get(self.at..).unwrap_or_default();
        Err(Some(Cursor::new(rest).error(message)))
    }

    fn take(&mut self, count: usize, then: Expects) {
        self.at += count;
        self.expects = then;
    }

    /// Reads `<…>`, whose `<` is next.
    fn angles(&mut self) -> Result<(), Option<Error>> {
        self.at += 1;
        self.at += until(&self.tokens[self.at..], &|_| false);
        self.at += 1;
        if self.at > self.tokens.len() {
            return Err(None);
        }
        Ok(())
    }

    /// Reads `..` or `..=`.
    fn range(&mut self) {
        let length = 2 + usize::from(is_mark(self.peek(2), '='));
        self.take(length, Expects::OperandOrEnd);
    }

    /// Reads an operand, or a part of one, or a mark before it.
    fn operand(&mut self, token: &TokenTree) -> Result<(), Option<Error>> {
        let next = self.peek(1);
        let punct = match token {
            TokenTree::Literal(_) | TokenTree::Group(_) => {
                self.take(1, Expects::Operator);
                return Ok(());
            }
            TokenTree::Ident(word) => {
                let then = match &*word.to_string() {
                    "break" | "continue" | "return" | "yield" => Expects::OperandOrEnd,
                    "dyn" | "extern" | "fn" if self.is_type => Expects::Operand,
                    _ if is_keyword(word) => Expects::Operand,
                    _ => Expects::Operator,
                };
                self.take(1, then);
                if word == "for" && is_mark(next, '<') {
                    self.angles()?;
                }
                return Ok(());
            }
            TokenTree::Punct(punct) => punct,
        };
        match punct.as_char() {
            '|' => {
                self.at = after_parameters(self.tokens, self.at).ok_or(None)?;
                if is_arrow(&self.tokens[self.at..]) {
                    let is_body = |token: &TokenTree| matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
                    let body = self.tokens[self.at..].iter().position(is_body);
                    self.at += body.ok_or(None)?;
                }
                self.expects = Expects::Operand;
            }
            '<' => {
                self.angles()?;
                self.expects = Expects::Operator;
            }
            '.' if is_mark(next, '.') => self.range(),
            // The label of a loop, or of a `break`.
            '\'' if matches!(next, Some(TokenTree::Ident(_))) => {
                let length = 2 + usize::from(is_mark(self.peek(2), ':'));
                self.take(length, self.expects);
            }
            '#' if matches!(next, Some(TokenTree::Group(_))) => self.take(2, Expects::Operand),
            ':' if is_mark(next, ':') => self.take(2, Expects::Operand),
            // `&raw const x`.
            '&' if is_word(next, "raw") && matches!(self.peek(2), Some(TokenTree::Ident(_))) => {
                self.take(2, Expects::Operand);
            }
            '&' | '*' | '-' | '!' => self.take(1, Expects::Operand),
            _ => return self.unexpected("expected an expression"),
        }
        Ok(())
    }

    /// Reads what may follow an operand.
    fn operator(&mut self, token: &TokenTree) -> Result<(), Option<Error>> {
        let next = self.peek(1);
        let punct = match token {
            TokenTree::Ident(word) if word == "as" || word == "else" || word == "in" => {
                self.is_type = word == "as";
                self.take(1, Expects::Operand);
                return Ok(());
            }
            // After `extern "C"`.
            TokenTree::Ident(word) if self.is_type && word == "fn" => {
                self.take(1, Expects::Operand);
                return Ok(());
            }
            // A call, an index, the fields of a struct, or the block of an `if`.
            TokenTree::Group(group) if group.delimiter() != Delimiter::None => {
                self.at += 1;
                return Ok(());
            }
            TokenTree::Punct(punct) => punct,
            _ => return self.unexpected("expected `,`"),
        };
        match punct.as_char() {
            '?' => self.at += 1,
            '.' if is_mark(next, '.') => self.range(),
            '.' => {
                self.at += 1;
                self.name(next)?;
            }
            ':' if is_mark(next, ':') => {
                self.at += 2;
                match self.peek(0) {
                    Some(angle) if is_mark(Some(angle), '<') => self.angles()?,
                    name => self.name(name)?,
                }
            }
            '<' if self.is_type && !is_mark(next, '=') => self.angles()?,
            // The type of `x as fn() -> T` goes on.
            '-' if self.is_type && is_mark(next, '>') => self.take(2, Expects::Operand),
            '!' if matches!(next, Some(TokenTree::Group(_))) => self.at += 2,
            '+' | '-' | '*' | '/' | '%' | '^' | '!' | '&' | '|' | '=' | '<' | '>' | '@' => {
                let length = operator_length(&self.tokens[self.at..]);
                if length == 0 {
                    return self.unexpected("expected `,`");
                }
                self.take(length, Expects::Operand);
                self.is_type = false;
            }
            _ => return self.unexpected("expected `,`"),
        }
        Ok(())
    }

    /// Reads what follows `.` or `::`.
    fn name(&mut self, token: Option<&TokenTree>) -> Result<(), Option<Error>> {
        match token {
            None => Err(None),
            Some(TokenTree::Ident(_) | TokenTree::Literal(_)) => {
                self.at += 1;
                Ok(())
            }
            Some(_) => self.unexpected("expected a name"),
        }
    }
}

const LONG_OPERATORS: [&str; 18] = [
    "<<=", ">>=", "&&", "||", "==", "!=", "<=", ">=", "<<", ">>", "+=", "-=", "*=", "/=", "%=",
    "^=", "&=", "|=",
];

/// Returns how many marks the operator has: three in `<<=`, and none in `=>`, which is no operator.
fn operator_length(tokens: &[TokenTree]) -> usize {
    let mut marks = String::new();
    for token in tokens {
        let TokenTree::Punct(punct) = token else {
            break;
        };
        marks.push(punct.as_char());
        if punct.spacing() == Spacing::Alone {
            break;
        }
    }
    if marks.starts_with("=>") {
        return 0;
    }
    let mut long = LONG_OPERATORS.iter();
    long.find(|long| marks.starts_with(**long))
        .map_or(1, |long| long.len())
}

#[cfg(test)]
mod tests {
    use proc_macro2::{TokenStream, TokenTree};

    use super::expression_end;

    fn tokens(text: &str) -> Vec<TokenTree> {
        let tokens: TokenStream = text.parse().expect("the text can be lexed");
        tokens.into_iter().collect()
    }

    #[test]
    fn an_expression_ends_at_the_next_comma_that_is_not_part_of_it() {
        for text in [
            "3",
            "-1",
            "\"exp\"",
            "MAX",
            "a + b * -c",
            "a || b",
            "a < b && c > d",
            "a << 2",
            "|a, b| a + b",
            "|| 1",
            "move |a: Map<K, V>, b| -> Result<A, B> { a }",
            "async |a, b| a.await",
            "for<'a, 'b> |a: &'a str, b| a",
            "Map::<K, V>::new()",
            "<A as B<C, D>>::new(a, b)",
            "x.collect::<Result<A, B>>()?",
            "x as Map<K, V>",
            "x as i32 <= 3",
            "x as &mut dyn Read",
            "x as fn(A, B) -> C",
            "x as unsafe extern \"C\" fn(A)",
            "&raw const x.y",
            "x as fn(&E) -> Map<K, V>",
            "x as &dyn Fn(&E) -> bool",
            "x as *const T",
            "x as u64 as f64",
            "_ = refresh().await",
            "(a, b) = f()",
            "f(a, b)[c, d]",
            "S { a, b }",
            "if a < b { c } else { d }",
            "if let Some(x) = y { x } else { z }",
            "match a { b => c, d => e }",
            "loop { break 1 }",
            "'a: loop { break 'a }",
            "for x in [a, b] { c }",
            "token = refresh(&token).await",
            "total += 1",
            "return Err(e)",
            "return",
            "..",
            "1..=2",
            "a..",
            "..b",
            "&mut x",
            "&&x",
            "!x",
            "*x",
            "vec![a, b]",
            "::core::concat!(a, b)",
            "x.0.1",
            "x.await?.y",
            "#[allow(unused)] |x| y",
            "unsafe { x }",
            "a | b",
            "a(|x| x | y, z)",
            "(|x| y)",
        ] {
            let value = tokens(text);
            let longer = tokens(&format!("{text}, next = 1"));
            assert!(
                matches!(expression_end(&value), Ok(end) if end == value.len()),
                "{text}"
            );
            assert!(
                matches!(expression_end(&longer), Ok(end) if end == value.len()),
                "{text}"
            );
        }
    }

    #[test]
    fn a_half_typed_expression_is_a_mistake() {
        for text in [
            "", "3 +", "self.", "a::", "|a", "|a|", "&", "-", "f::<A", "x as", "a =", "if",
        ] {
            assert!(matches!(expression_end(&tokens(text)), Err(None)), "{text}");
        }
        for text in [
            "3 4", "a b", "a ; b", "a \"b\"", "= 3", "a => b", "a : b", "a.+", "+, a",
        ] {
            assert!(
                matches!(expression_end(&tokens(text)), Err(Some(_))),
                "{text}"
            );
        }
    }
}
