//! What the display shows, pixel by pixel, without asking anybody: Xvfb keeps it in a file, in the format of `xwd`.

use std::collections::HashMap;
use std::fs;
use std::ops::Range;
use std::path::Path;

use anyhow::{Context, Result, ensure};

/// The display at one moment.
pub struct Screen {
    width: usize,
    height: usize,
    line: usize,
    /// Four bytes a pixel, in Xvfb's own order.
    pixels: Vec<u8>,
}

/// Words of the header that say where things are; all are big-endian.
const HEADER_SIZE: usize = 0;
const WIDTH: usize = 4;
const HEIGHT: usize = 5;
const BITS_PER_PIXEL: usize = 11;
const BYTES_PER_LINE: usize = 12;
const COLOURS: usize = 19;

const BYTES_OF_A_COLOUR: usize = 12;

impl Screen {
    pub(super) fn read(file: &Path) -> Result<Screen> {
        let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
        let word = |at: usize| {
            let four = bytes.get(at * 4..at * 4 + 4).and_then(|four| four.try_into().ok());
            four.map(|four| u32::from_be_bytes(four) as usize).context("Xvfb's file has no header")
        };
        ensure!(word(BITS_PER_PIXEL)? == 32, "a display of other than 32 bits a pixel");
        let (width, height, line) = (word(WIDTH)?, word(HEIGHT)?, word(BYTES_PER_LINE)?);
        let start = word(HEADER_SIZE)? + word(COLOURS)? * BYTES_OF_A_COLOUR;
        let pixels = bytes.get(start..start + line * height).context("Xvfb's file is cut off")?.to_vec();
        Ok(Screen { width, height, line, pixels })
    }

    /// Which part of a rectangle (in per cent of the display) is not of the colour that most of it has: 0 for a blank
    /// one, some hundredths for one with text.
    pub fn drawn(&self, across: Range<usize>, down: Range<usize>) -> f64 {
        let mut counts: HashMap<&[u8], usize> = HashMap::new();
        for y in self.height * down.start / 100..self.height * down.end / 100 {
            for x in self.width * across.start / 100..self.width * across.end / 100 {
                let at = y * self.line + x * 4;
                // The fourth byte means nothing.
                *counts.entry(&self.pixels[at..at + 3]).or_default() += 1;
            }
        }
        let all: usize = counts.values().sum();
        let most = counts.values().max().copied().unwrap_or(0);
        if all == 0 { 0.0 } else { (all - most) as f64 / all as f64 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of 4 × 2 pixels with one palette entry, of which `dark` pixels are dark.
    fn file(dark: usize) -> Vec<u8> {
        let mut header = [0_u32; 25];
        header[HEADER_SIZE] = 100;
        (header[WIDTH], header[HEIGHT]) = (4, 2);
        (header[BITS_PER_PIXEL], header[BYTES_PER_LINE], header[COLOURS]) = (32, 16, 1);
        let mut bytes: Vec<u8> = header.iter().flat_map(|word| word.to_be_bytes()).collect();
        bytes.extend([7; BYTES_OF_A_COLOUR]);
        (0..8).for_each(|pixel| bytes.extend([if pixel < dark { 10 } else { 250 }; 4]));
        bytes
    }

    #[test]
    fn what_is_drawn_is_what_differs_from_the_ground() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("screen");
        let drawn = |dark: usize, across: Range<usize>| {
            fs::write(&path, file(dark)).unwrap();
            Screen::read(&path).unwrap().drawn(across, 0..100)
        };
        assert_eq!(drawn(0, 0..100), 0.0);
        assert_eq!(drawn(2, 0..100), 0.25);
        assert_eq!(drawn(2, 50..100), 0.0);
        fs::write(&path, &file(0)[..120]).unwrap();
        assert!(Screen::read(&path).is_err());
    }
}
