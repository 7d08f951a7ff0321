//! A decoded PNG, for tests that look at pixels.

use nn_viz::Drawing;

pub(crate) struct Pixels {
    pub(crate) width: usize,
    pub(crate) height: usize,
    bytes: Vec<u8>,
}

impl Pixels {
    pub(crate) fn of(drawing: &Drawing, dpi: f64) -> Self {
        let bytes = drawing.png(dpi).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
        let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut bytes).unwrap();
        assert_eq!(info.color_type, png::ColorType::Rgb);
        Self { width: info.width as usize, height: info.height as usize, bytes }
    }

    pub(crate) fn at(&self, x: usize, y: usize) -> [u8; 3] {
        let start = 3 * (y * self.width + x);
        [self.bytes[start], self.bytes[start + 1], self.bytes[start + 2]]
    }
}

/// The largest difference of two colours in any component.
pub(crate) fn apart(a: [u8; 3], b: [u8; 3]) -> u8 {
    (0..3).map(|index| a[index].abs_diff(b[index])).max().unwrap()
}
