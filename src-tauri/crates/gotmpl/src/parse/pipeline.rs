//! Inside an action: pipelines, commands, operands.

use dinghy_govalue::{Str, Value};

use super::{MAX_NESTING, Parsed, Parser};
use crate::ast::{Command, Operand, Pipe, Term, Variable};
use crate::lex::Kind;
use crate::{func, number};

impl Parser<'_> {
    fn variable(&mut self, name: &str) -> Variable {
        let id = match self.names.iter().position(|known| *known == name) {
            Some(id) => id,
            None => {
                self.names.push(Str::from(name));
                self.names.len() - 1
            }
        };
        Variable { id: id as u32, name: self.names[id].clone() }
    }

    pub(super) fn pipeline(&mut self, context: &str, end: Kind) -> Parsed<Pipe> {
        let pos = self.peek_solid().pos;
        let mut pipe = Pipe { pos, assigns: false, variables: Vec::new(), commands: Vec::new() };
        self.declarations(&mut pipe, context)?;
        loop {
            let token = self.read_solid();
            match token.kind {
                kind if kind == end => break,
                Kind::Bool
                | Kind::CharConstant
                | Kind::Complex
                | Kind::Dot
                | Kind::Field
                | Kind::Identifier
                | Kind::Number
                | Kind::Nil
                | Kind::RawString
                | Kind::Str
                | Kind::Variable
                | Kind::LeftParen => {
                    self.back();
                    pipe.commands.push(self.command()?);
                }
                _ => return self.unexpected(&token, context),
            }
        }
        if pipe.commands.is_empty() {
            return self.fail(format!("missing value for {context}"));
        }
        for (i, command) in pipe.commands.iter().enumerate().skip(1) {
            if command.operands[0].term.is_constant() {
                return self.fail(format!("non executable command in pipeline stage {}", i + 1));
            }
        }
        Ok(pipe)
    }

    /// `$x :=`, `$x =`, and in a range `$i, $x :=`.
    fn declarations(&mut self, pipe: &mut Pipe, context: &str) -> Parsed<()> {
        loop {
            let token = self.peek_solid();
            if token.kind != Kind::Variable {
                return Ok(());
            }
            let start = self.next;
            self.read_solid();
            let next = self.peek_solid();
            let declares = match next.kind {
                Kind::Assign | Kind::Declare => true,
                Kind::Char if next.text == "," => false,
                _ => {
                    self.next = start;
                    return Ok(());
                }
            };
            self.read_solid();
            let variable = self.variable(token.text);
            self.tree.scope.push(variable.id);
            pipe.variables.push(variable);
            if declares {
                pipe.assigns = next.kind == Kind::Assign;
                return Ok(());
            }
            if context != "range" || pipe.variables.len() > 1 {
                return self.fail(format!("too many declarations in {context}"));
            }
            if !matches!(self.peek_solid().kind, Kind::Variable | Kind::RightDelim | Kind::RightParen) {
                return self.fail("range can only initialize variables");
            }
        }
    }

    fn command(&mut self) -> Parsed<Command> {
        let pos = self.peek_solid().pos;
        let mut operands = Vec::new();
        loop {
            self.peek_solid();
            if let Some(operand) = self.operand()? {
                operands.push(operand);
            }
            let token = self.read();
            match token.kind {
                Kind::Space => continue,
                Kind::RightDelim | Kind::RightParen => self.back(),
                Kind::Pipe => {}
                _ => return self.unexpected(&token, "operand"),
            }
            break;
        }
        if operands.is_empty() {
            return self.fail("empty command");
        }
        Ok(Command { pos, operands })
    }

    /// A term with the fields behind it.
    fn operand(&mut self) -> Parsed<Option<Operand>> {
        let Some(mut operand) = self.term()? else { return Ok(None) };
        let first = self.read();
        self.back();
        if first.kind != Kind::Field {
            return Ok(Some(operand));
        }
        match &mut operand.term {
            Term::Field(fields) | Term::Variable { fields, .. } => {
                self.fields(fields);
                operand.pos = first.pos;
            }
            term => {
                let constant = term.is_constant();
                let mut fields = Vec::new();
                self.fields(&mut fields);
                if constant {
                    let shown = crate::text::quote(operand.to_string().as_bytes());
                    return self.fail(format!("unexpected . after term {shown}"));
                }
                operand = Operand { pos: first.pos, term: Term::Chain { of: Box::new(operand), fields } };
            }
        }
        Ok(Some(operand))
    }

    fn fields(&mut self, fields: &mut Vec<Str>) {
        while self.peek() == Kind::Field {
            fields.push(Str::from(&self.read().text[1..]));
        }
    }

    fn term(&mut self) -> Parsed<Option<Operand>> {
        let token = self.read_solid();
        let text = token.text;
        let term = match token.kind {
            Kind::Identifier => match func::lookup(text) {
                Some(func) => Term::Function(func),
                None => {
                    return self
                        .fail(format!("function {} not defined", crate::text::quote(text.as_bytes())));
                }
            },
            Kind::Dot => Term::Dot,
            Kind::Nil => Term::Nil,
            Kind::Variable => {
                let variable = self.variable(text);
                if !self.tree.scope.contains(&variable.id) {
                    let shown = crate::text::quote(text.as_bytes());
                    return self.fail(format!("undefined variable {shown}"));
                }
                Term::Variable { variable, fields: Vec::new() }
            }
            Kind::Field => Term::Field(vec![Str::from(&text[1..])]),
            Kind::Bool => Term::Bool(text == "true"),
            Kind::CharConstant | Kind::Complex | Kind::Number => match number::parse(text, token.kind) {
                Ok(number) => Term::Number(Box::new(number)),
                Err(message) => return self.fail(message),
            },
            Kind::LeftParen => {
                if self.depth >= MAX_NESTING {
                    return self.fail("max expression depth exceeded");
                }
                self.depth += 1;
                let pipe = self.pipeline("parenthesized pipeline", Kind::RightParen)?;
                self.depth -= 1;
                // The pipeline's own position is that of its first token, as in Go.
                return Ok(Some(Operand { pos: pipe.pos, term: Term::Pipe(Box::new(pipe)) }));
            }
            Kind::Str | Kind::RawString => match number::unquote(text) {
                Ok(bytes) => Term::Text { quoted: text.into(), value: Value::str(bytes) },
                Err(message) => return self.fail(message),
            },
            _ => {
                self.back();
                return Ok(None);
            }
        };
        Ok(Some(Operand { pos: token.pos, term }))
    }
}
