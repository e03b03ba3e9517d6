//! How much two texts have in common: Dice's coefficient over pairs of neighbouring characters.
//!
//! strsim has it too, but divides by the number of bytes, which are three for a Chinese character.

use std::collections::HashMap;

/// 0 for nothing in common, 1 for the same text.
pub(super) fn dice(a: &str, b: &str) -> f64 {
    if a == b {
        return 1.0;
    }
    let mut pairs: HashMap<(char, char), usize> = HashMap::new();
    let of_a = neighbours(a).inspect(|pair| *pairs.entry(*pair).or_default() += 1).count();
    let (mut of_b, mut common) = (0, 0);
    for pair in neighbours(b) {
        of_b += 1;
        if let Some(left) = pairs.get_mut(&pair).filter(|left| **left > 0) {
            *left -= 1;
            common += 1;
        }
    }
    // Texts of one character have no neighbours and, not being equal, nothing in common.
    if of_a + of_b == 0 { 0.0 } else { f64::from(2 * common) / (of_a + of_b) as f64 }
}

fn neighbours(text: &str) -> impl Iterator<Item = (char, char)> {
    text.chars().zip(text.chars().skip(1))
}

#[cfg(test)]
mod tests {
    use super::dice;

    #[test]
    fn likeness_counts_characters_not_bytes() {
        for (a, b, likeness) in [
            ("", "", 1.0),
            ("甲", "乙", 0.0),
            ("民政局", "民政局", 1.0),
            ("县民政局", "民政局", 0.8),
            ("甲乙", "丙丁", 0.0),
        ] {
            assert!((dice(a, b) - likeness).abs() < 1e-9, "{a} {b}: {}", dice(a, b));
            assert!((dice(a, b) - dice(b, a)).abs() < 1e-9);
        }
    }
}
