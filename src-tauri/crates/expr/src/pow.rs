//! Go's `math.Pow`, whose results differ from the C library's in the last digit: it squares mantissas, and its
//! logarithm and its exponential are its own. Behaviour: math of Go 1.26 on amd64 with fused multiplication.

/// `math.Pow`
pub(crate) fn pow(x: f64, y: f64) -> f64 {
    if y.abs() == 0.5 && x > 0.0 && x.is_finite() {
        return if y > 0.0 { x.sqrt() } else { 1.0 / x.sqrt() };
    }
    let special = x == 0.0 || x.is_nan() || y.is_nan() || x.is_infinite() || y.is_infinite();
    if special || x == 1.0 || y == 0.0 || y == 1.0 || y.abs() == 0.5 || y.abs() >= 9.2e18 {
        return x.powf(y);
    }
    let (mut whole, mut part) = (y.abs().trunc(), y.abs().fract());
    if part != 0.0 && x < 0.0 {
        return f64::NAN;
    }
    let (mut result, mut result_exp) = (1.0, 0i64);
    if part != 0.0 {
        if part > 0.5 {
            part -= 1.0;
            whole += 1.0;
        }
        result = exp(part * ln(x));
    }
    let (mut mantissa, mut exp) = frexp(x);
    let mut bits = whole as i64;
    while bits != 0 {
        if !(-(1 << 12)..=1 << 12).contains(&exp) {
            result_exp += exp;
            break;
        }
        if bits & 1 == 1 {
            result *= mantissa;
            result_exp += exp;
        }
        mantissa *= mantissa;
        exp <<= 1;
        if mantissa < 0.5 {
            mantissa += mantissa;
            exp -= 1;
        }
        bits >>= 1;
    }
    if y < 0.0 {
        result = 1.0 / result;
        result_exp = -result_exp;
    }
    ldexp(result, result_exp)
}

/// A mantissa from 0.5 to 1 and an exponent of 2.
fn frexp(x: f64) -> (f64, i64) {
    let (x, shift) = if x.abs() < f64::MIN_POSITIVE { (x * 2f64.powi(54), -54) } else { (x, 0) };
    let bits = x.to_bits();
    let exp = (bits >> 52 & 0x7ff) as i64 - 1022;
    (f64::from_bits(bits & !(0x7ff << 52) | 1022 << 52), exp + shift)
}

fn ldexp(x: f64, exp: i64) -> f64 {
    let (mantissa, own) = if x == 0.0 || !x.is_finite() { return x } else { frexp(x) };
    let exp = exp + own;
    match exp {
        1025.. => f64::INFINITY.copysign(x),
        -1021..=1024 => mantissa * 2.0 * 2f64.powi((exp - 1) as i32),
        // Below the normal numbers: rounded once, at the end.
        -1075..-1021 => mantissa * 2f64.powi((exp + 100) as i32) * 2f64.powi(-100),
        _ => 0f64.copysign(x),
    }
}

/// `math.Log` of a positive number: the quotient `f / (2 + f)` and a polynomial of degree 14 in it, as in FreeBSD's msun.
fn ln(x: f64) -> f64 {
    const LN2_HIGH: f64 = f64::from_bits(0x3fe6_2e42_fee0_0000);
    const LN2_LOW: f64 = f64::from_bits(0x3dea_39ef_3579_3c76);
    const ODD: [u64; 4] =
        [0x3fe5_5555_5555_5593, 0x3fd2_4924_9422_9359, 0x3fc7_4664_96cb_03de, 0x3fc2_f112_df3e_5244];
    const EVEN: [u64; 3] = [0x3fd9_9999_9997_fa04, 0x3fcc_71c5_1d8e_78af, 0x3fc3_9a09_d078_c69f];
    let (mut mantissa, mut exp) = frexp(x);
    if mantissa < std::f64::consts::FRAC_1_SQRT_2 {
        mantissa *= 2.0;
        exp -= 1;
    }
    let (f, k) = (mantissa - 1.0, exp as f64);
    let s = f / (2.0 + f);
    let s2 = s * s;
    let s4 = s2 * s2;
    let polynomial =
        |terms: &[u64]| terms.iter().rev().fold(0.0, |sum, bits| f64::from_bits(*bits) + s4 * sum);
    let rest = s2 * polynomial(&ODD) + s4 * polynomial(&EVEN);
    let half = 0.5 * f * f;
    k * LN2_HIGH - ((half - (s * (half + rest) + k * LN2_LOW)) - f)
}

/// `math.Exp`: a Taylor series of a sixteenth of the argument, whose result is squared four times. The method is that
/// of N. Shibata, "Efficient evaluation methods of elementary functions suitable for SIMD computation" (2010).
fn exp(x: f64) -> f64 {
    const LN2_HIGH: f64 = 0.693_147_180_559_662_956_511_601_805_686_950_683_593_75;
    const LN2_LOW: f64 = 0.282_352_905_630_315_771_225_884_481_750_134_360_255_254_120_68e-12;
    if x > 709.782_712_893_384 {
        return f64::INFINITY;
    }
    let k = (x * std::f64::consts::LOG2_E).round_ties_even();
    let x = (-k).mul_add(LN2_LOW, (-k).mul_add(LN2_HIGH, x)) * 0.0625;
    // 1 / n!, from the eighth on.
    let terms = [40_320.0, 5_040.0, 720.0, 120.0, 24.0, 6.0, 2.0, 1.0];
    let sum = terms.iter().fold(0.0_f64, |sum, term| sum.mul_add(x, 1.0 / term));
    let mut x = x * sum;
    for _ in 0..3 {
        x *= x + 2.0;
    }
    ldexp(x.mul_add(x + 2.0, 1.0), k as i64)
}

#[cfg(test)]
mod tests {
    use super::pow;

    /// Each is what Go prints.
    #[test]
    fn the_last_digit_is_go_s() {
        for (x, y, z) in [
            (7.0, 1.5, "18.520259177452136"),
            (1.5, 1.5, "1.8371173070873836"),
            (1e21, 1.5, "31622776601683770000000000000000"),
        ] {
            assert_eq!(pow(x, y).to_string(), z, "{x} ** {y}");
        }
    }
}
