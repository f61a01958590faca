//! A Python module of constants, from its syntax tree and without running it. The tree is that of
//! Ruff's parser, which decodes literals as CPython does.
//!
//! What a name is in the end is known if its last binding is a literal at the module's top level;
//! any other binding below (in an `if`, by `+=`, by an import) leaves it out.

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Comprehension, ExceptHandler, Expr, Number, Pattern, Stmt, UnaryOp};
use ruff_python_parser::parse_module;
use ruff_text_size::{Ranged, TextRange};

use crate::engines::import::{Found, Lines, Reason};
use crate::words::error::{Error, Position, Result};

/// The longest module that is read, in bytes.
const LONGEST: usize = 1 << 20;
/// CPython nests 150 f-strings (`MAXFSTRINGLEVEL`), each of which takes a brace; no module of
/// settings has so many braces beside.
const MOST_BRACES: usize = 4000;

pub(super) fn read(text: &str) -> Result<Vec<Found>> {
    if text.len() > LONGEST {
        return Err(Error::new("this module is longer than 1 MiB")
            .hint("keep the plain assignments in a file of their own"));
    }
    let braces = text.bytes().filter(|byte| *byte == b'{').count();
    if braces > MOST_BRACES && FSTRINGS.iter().any(|prefix| text.contains(prefix)) {
        return Err(Error::new("this module has f-strings and too many braces to be one of settings")
            .hint("keep the plain assignments in a file of their own"));
    }
    // The tree is walked and dropped level by level, and each level takes a byte of the text at
    // least: so much stack is always enough. What is not used takes no memory.
    let stack = (16 << 20) + 1024 * text.len();
    let failed = || Error::new("the system gave no memory to read this module");
    std::thread::scope(|scope| {
        std::thread::Builder::new()
            .stack_size(stack)
            .spawn_scoped(scope, || parse(text))
            .map_err(|_| failed())?
            .join()
            .unwrap_or_else(|_| Err(failed()))
    })
}

/// How an f-string or a t-string begins.
const FSTRINGS: [&str; 12] = ["f'", "f\"", "F'", "F\"", "t'", "t\"", "T'", "T\"", "r'", "r\"", "R'", "R\""];

fn parse(text: &str) -> Result<Vec<Found>> {
    // The parser's own words can quote the text: only its place is used.
    let module = parse_module(text).map_err(|error| {
        Error::new("this is no Python")
            .at(Position::of(text, error.location.start().to_usize()))
            .hint("`python3 -m py_compile FILE` says more")
    })?;
    let mut reader = Module { text, lines: Lines::of(text), found: Vec::new() };
    for statement in module.suite() {
        reader.statement(statement);
    }
    Ok(reader.found)
}

struct Module<'a> {
    text: &'a str,
    lines: Lines,
    found: Vec<Found>,
}

impl Module<'_> {
    fn statement(&mut self, statement: &Stmt) {
        match statement {
            Stmt::Assign(assign) => {
                self.expression(&assign.value);
                for target in &assign.targets {
                    self.assign(target, &assign.value);
                }
            }
            Stmt::AnnAssign(assign) => {
                if let Some(value) = &assign.value {
                    self.expression(value);
                    self.assign(&assign.target, value);
                }
            }
            Stmt::AugAssign(assign) => {
                self.refuse_all(std::slice::from_ref(&assign.target), "the value is computed");
            }
            Stmt::Delete(delete) => self.refuse_all(&delete.targets, "it is deleted"),
            Stmt::Import(import) => {
                for alias in &import.names {
                    let name = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
                    self.rebound(name.split('.').next().unwrap_or(name), alias.range());
                }
            }
            Stmt::ImportFrom(import) => {
                for alias in &import.names {
                    match (alias.asname.as_ref(), alias.name.as_str()) {
                        (None, "*") => self.rebound_all(import.range()),
                        (name, own) => {
                            self.rebound(name.map_or(own, |name| name.as_str()), alias.range());
                        }
                    }
                }
            }
            Stmt::FunctionDef(function) => self.rebound(function.name.as_str(), function.name.range()),
            Stmt::ClassDef(class) => self.rebound(class.name.as_str(), class.name.range()),
            _ => {}
        }
        self.nested(statement);
    }

    /// `target` is given `value`.
    fn assign(&mut self, target: &Expr, value: &Expr) {
        let Expr::Name(name) = target else {
            self.refuse_all(std::slice::from_ref(target), "it is one of several names, set at once");
            return;
        };
        let line = self.line(target.range());
        self.found.push(match literal(value, self.text) {
            Ok(text) => Found::literal(name.id.as_str(), line, text),
            Err(reason) => Found::refused(name.id.as_str(), line, reason),
        });
    }

    fn refuse_all(&mut self, targets: &[Expr], reason: &'static str) {
        let mut names = Names::default();
        for target in targets {
            names.visit_expr(target);
        }
        for (name, range) in names.bound {
            self.found.push(Found::refused(name, self.line(range), reason));
        }
    }

    /// Names that an expression binds with `:=`.
    fn expression(&mut self, expression: &Expr) {
        self.refuse_all(std::slice::from_ref(expression), "the value is computed");
    }

    /// Whatever a statement with a body, or an expression on its own, binds.
    fn nested(&mut self, statement: &Stmt) {
        if matches!(statement, Stmt::Assign(_) | Stmt::AnnAssign(_) | Stmt::AugAssign(_) | Stmt::Delete(_)) {
            return;
        }
        let mut names = Names::default();
        names.visit_stmt(statement);
        for (name, range) in names.bound {
            let reason = "it is set in a block, which may not run, or more than once";
            self.found.push(Found::refused(name, self.line(range), reason));
        }
        if let Some(range) = names.star {
            self.rebound_all(range);
        }
        for (name, range) in names.maybe {
            self.rebound(&name, range);
        }
    }

    /// `name` is something else from here on; that matters only if it was a variable before.
    fn rebound(&mut self, name: &str, range: TextRange) {
        if self.found.iter().any(|found| found.name.as_deref() == Some(name)) {
            let reason = "another line of the module makes it something else";
            self.found.push(Found::refused(name, self.line(range), reason));
        }
    }

    fn rebound_all(&mut self, range: TextRange) {
        let line = self.line(range);
        for found in &mut self.found {
            found.value = Err(format!("`import *` on line {line} may make it something else").into());
        }
    }

    fn line(&self, range: TextRange) -> usize {
        self.lines.line(range.start().to_usize())
    }
}

/// The names that a statement binds in the module.
#[derive(Default)]
struct Names {
    bound: Vec<(String, TextRange)>,
    /// Bound by an import, a function, a class or a function's `global`.
    maybe: Vec<(String, TextRange)>,
    star: Option<TextRange>,
    /// Inside a function, where only `global` reaches the module.
    function: bool,
}

impl<'a> Visitor<'a> for Names {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {
                if !self.function {
                    match statement {
                        Stmt::FunctionDef(function) => {
                            self.maybe.push((function.name.to_string(), function.range()));
                        }
                        Stmt::ClassDef(class) => self.maybe.push((class.name.to_string(), class.range())),
                        _ => {}
                    }
                }
                let outer = std::mem::replace(&mut self.function, true);
                visitor::walk_stmt(self, statement);
                self.function = outer;
            }
            Stmt::Global(global) => {
                self.maybe.extend(global.names.iter().map(|name| (name.to_string(), name.range())));
            }
            Stmt::Import(import) if !self.function => {
                for alias in &import.names {
                    let name = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
                    self.maybe.push((name.split('.').next().unwrap_or(name).to_owned(), alias.range()));
                }
            }
            Stmt::ImportFrom(import) if !self.function => {
                for alias in &import.names {
                    match (alias.asname.as_ref(), alias.name.as_str()) {
                        (None, "*") => self.star = Some(alias.range()),
                        (name, own) => self
                            .maybe
                            .push((name.map_or(own, |name| name.as_str()).to_owned(), alias.range())),
                    }
                }
            }
            _ => visitor::walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Name(name) if !self.function && (name.ctx.is_store() || name.ctx.is_del()) => {
                self.bound.push((name.id.to_string(), name.range()));
            }
            _ => visitor::walk_expr(self, expression),
        }
    }

    /// The names of a comprehension are its own.
    fn visit_comprehension(&mut self, comprehension: &'a Comprehension) {
        self.visit_expr(&comprehension.iter);
        for condition in &comprehension.ifs {
            self.visit_expr(condition);
        }
    }

    fn visit_except_handler(&mut self, handler: &'a ExceptHandler) {
        let ExceptHandler::ExceptHandler(inner) = handler;
        if let Some(name) = inner.name.as_ref().filter(|_| !self.function) {
            self.maybe.push((name.to_string(), name.range()));
        }
        visitor::walk_except_handler(self, handler);
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        let name = match pattern {
            Pattern::MatchAs(pattern) => pattern.name.as_ref(),
            Pattern::MatchStar(pattern) => pattern.name.as_ref(),
            Pattern::MatchMapping(pattern) => pattern.rest.as_ref(),
            _ => None,
        };
        if let Some(name) = name.filter(|_| !self.function) {
            self.bound.push((name.to_string(), name.range()));
        }
        visitor::walk_pattern(self, pattern);
    }
}

/// `str()` of the literal, or why there is none.
fn literal(value: &Expr, text: &str) -> Result<String, Reason> {
    match value {
        Expr::StringLiteral(string) => {
            // Rust's texts hold whole characters: the parser puts this one for half a pair.
            if string.value.to_str().contains('\u{fffd}') && halves(&text[value.range()]) {
                return Err("the text holds half a surrogate pair, which is no character".into());
            }
            Ok(string.value.to_str().to_owned())
        }
        Expr::NumberLiteral(number) => number_text(&number.value, false),
        Expr::UnaryOp(unary) => match (unary.op, &*unary.operand) {
            (UnaryOp::USub, Expr::NumberLiteral(number)) => number_text(&number.value, true),
            (UnaryOp::UAdd, Expr::NumberLiteral(number)) => number_text(&number.value, false),
            _ => Err("the value is computed".into()),
        },
        Expr::BooleanLiteral(boolean) => Ok(if boolean.value { "True" } else { "False" }.to_owned()),
        Expr::NoneLiteral(_) => Err("None is no value".into()),
        Expr::BytesLiteral(_) => Err("bytes are no text; write it without the b, or as base64".into()),
        Expr::FString(_) | Expr::TString(_) => {
            Err("an f-string is computed; write it out, or as a template in secrets.toml".into())
        }
        Expr::EllipsisLiteral(_) => Err("... is no value".into()),
        Expr::Tuple(_) | Expr::List(_) | Expr::Set(_) | Expr::Dict(_) => {
            Err("a collection is no value that an environment can hold".into())
        }
        Expr::Call(_) | Expr::Subscript(_) => {
            Err("the value is the result of a call or a look-up, and no literal".into())
        }
        _ => Err("the value is computed".into()),
    }
}

/// Whether a literal's text may have an escape for half a surrogate pair.
fn halves(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    text.contains("\\ud") || text.contains("\\u0000d")
}

fn number_text(number: &Number, negative: bool) -> Result<String, Reason> {
    let sign = if negative { "-" } else { "" };
    match number {
        Number::Int(integer) => match integer.as_u64() {
            Some(0) => Ok("0".to_owned()),
            Some(small) => Ok(format!("{sign}{small}")),
            None => {
                let written = integer.to_string();
                if written.bytes().all(|byte| byte.is_ascii_digit()) {
                    Ok(format!("{sign}{}", written.trim_start_matches('0')))
                } else {
                    Err("so large a number is read in decimal alone".into())
                }
            }
        },
        Number::Float(float) => Ok(float_text(if negative { -float } else { *float })),
        Number::Complex { .. } => Err("a complex number is no value that an environment can hold".into()),
    }
}

/// `repr` of a float: the fewest digits that give it back, with an exponent below 1e-4 and from
/// 1e16 on. See `float_repr_style` in Python's documentation.
fn float_text(float: f64) -> String {
    if float.is_infinite() {
        return if float > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    let scientific = format!("{float:e}");
    let Some((digits, exponent)) = scientific.split_once('e') else { return scientific };
    match exponent.parse::<i32>() {
        Ok(exponent) if !(-4..16).contains(&exponent) => {
            let sign = if exponent < 0 { '-' } else { '+' };
            format!("{digits}e{sign}{:02}", exponent.abs())
        }
        _ => format!("{float:?}"),
    }
}
