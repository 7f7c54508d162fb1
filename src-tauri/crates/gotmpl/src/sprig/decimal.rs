//! Exact decimal arithmetic for `addf`, `subf`, `mulf`, `divf`, as github.com/shopspring/decimal v1.4.0 does it.

use dinghy_govalue::Value;
use num_bigint::BigInt;

use super::cast::to_float;

#[derive(Clone, Copy)]
pub(super) enum Op {
    Add,
    Sub,
    Mul,
    Div,
}

/// Digits behind the point that a division keeps.
const DIVISION_PRECISION: i64 = 16;
/// Decimals that differ by more powers of ten than this are refused: aligning them would take that many digits.
const MAX_DIGITS: i64 = 20_000;

/// `coefficient · 10^exponent`
struct Decimal {
    coefficient: BigInt,
    exponent: i64,
}

/// Converts every operand to a decimal, applies `op` from left to right, and converts back.
pub(super) fn decimal<'a>(
    op: Op,
    first: &Value,
    others: impl IntoIterator<Item = &'a Value>,
) -> Result<Value, String> {
    let mut result = Decimal::new(to_float(first))?;
    for other in others {
        result = result.apply(op, &Decimal::new(to_float(other))?)?;
    }
    Ok(Value::Float(result.to_float()))
}

impl Decimal {
    fn new(float: f64) -> Result<Decimal, String> {
        if !float.is_finite() {
            let shown = dinghy_govalue::format_shortest(float);
            return Err(format!("Cannot create a Decimal from {shown}"));
        }
        // The shortest digits that give the float back, as decimal.NewFromFloat takes them.
        let text = format!("{float:e}");
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let digits = mantissa.replace('.', "");
        let places = mantissa.split_once('.').map_or(0, |(_, fraction)| fraction.len() as i64);
        Ok(Decimal {
            coefficient: digits.parse().unwrap_or_default(),
            exponent: exponent.parse::<i64>().unwrap_or(0) - places,
        })
    }

    fn to_float(&self) -> f64 {
        format!("{}e{}", self.coefficient, self.exponent).parse().unwrap_or(0.0)
    }

    fn apply(&self, op: Op, other: &Decimal) -> Result<Decimal, String> {
        match op {
            Op::Mul => {
                let exponent = self.exponent + other.exponent;
                Decimal { coefficient: &self.coefficient * &other.coefficient, exponent }.checked()
            }
            Op::Div => self.divided(other),
            Op::Add | Op::Sub => {
                let exponent = self.exponent.min(other.exponent);
                let (a, b) = (self.at(exponent)?, other.at(exponent)?);
                let coefficient = if let Op::Add = op { a + b } else { a - b };
                Decimal { coefficient, exponent }.checked()
            }
        }
    }

    /// Long chains of operations must not grow without bound.
    fn checked(self) -> Result<Decimal, String> {
        if self.coefficient.bits() > MAX_DIGITS as u64 * 4 || self.exponent.abs() > MAX_DIGITS {
            return Err(format!("decimal of more than {MAX_DIGITS} digits"));
        }
        Ok(self)
    }

    /// The coefficient for a lower exponent.
    fn at(&self, exponent: i64) -> Result<BigInt, String> {
        Ok(&self.coefficient * power_of_ten(self.exponent - exponent)?)
    }

    /// Rounds half away from zero at [`DIVISION_PRECISION`] digits.
    fn divided(&self, other: &Decimal) -> Result<Decimal, String> {
        let zero = BigInt::ZERO;
        if other.coefficient == zero {
            return Err("decimal division by 0".to_owned());
        }
        let shift = self.exponent - other.exponent + DIVISION_PRECISION;
        let mut dividend = self.coefficient.clone();
        let mut divisor = other.coefficient.clone();
        if shift >= 0 {
            dividend *= power_of_ten(shift)?;
        } else {
            divisor *= power_of_ten(-shift)?;
        }
        let mut quotient = &dividend / &divisor;
        let remainder = &dividend - &quotient * &divisor;
        let twice = BigInt::from(remainder.magnitude().clone()) * 2;
        if twice >= BigInt::from(divisor.magnitude().clone()) {
            let negative = (dividend < zero) != (divisor < zero);
            quotient += if negative { -1 } else { 1 };
        }
        Decimal { coefficient: quotient, exponent: -DIVISION_PRECISION }.checked()
    }
}

fn power_of_ten(exponent: i64) -> Result<BigInt, String> {
    match u32::try_from(exponent) {
        Ok(exponent) if i64::from(exponent) <= MAX_DIGITS => Ok(BigInt::from(10).pow(exponent)),
        _ => Err(format!("decimal of more than {MAX_DIGITS} digits")),
    }
}
