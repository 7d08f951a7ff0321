//! A raster as the `data:` address of a palette PNG, the form in which an SVG carries it.

use png::{BitDepth, ColorType, Compression, Encoder, EncodingError, Filter};

use super::Raster;

pub(crate) fn data_uri(raster: &Raster) -> String {
    let bytes = indexed_png(raster).expect("writing to memory cannot fail");
    format!("data:image/png;base64,{}", base64(&bytes))
}

fn indexed_png(raster: &Raster) -> Result<Vec<u8>, EncodingError> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, raster.columns as u32, raster.rows as u32);
    encoder.set_color(ColorType::Indexed);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_palette(
        raster.palette.iter().map(|color| color.components()).flat_map(<[u8; 3]>::from).collect::<Vec<u8>>(),
    );
    // fdeflate has one way to compress. flate2 would be a tenth smaller, but which of its engines it uses,
    // and so which bytes come out, depends on what other crates ask of it.
    encoder.set_compression(Compression::Fast);
    // Neighbouring indices are close, unlike those of an ordinary palette: differences compress well.
    encoder.set_filter(Filter::Paeth);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&raster.indices)?;
    writer.finish()?;
    Ok(bytes)
}

fn base64(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |index: usize| u32::from(chunk.get(index).copied().unwrap_or_default());
        let group = byte(0) << 16 | byte(1) << 8 | byte(2);
        for index in 0..4 {
            let sign = SIGNS[(group >> (18 - 6 * index)) as usize & 63];
            text.push(if index <= chunk.len() { char::from(sign) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn base64_follows_the_test_vectors_of_rfc_4648() {
        let vectors = ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"];
        for (length, expected) in vectors.into_iter().enumerate() {
            assert_eq!(base64(&b"foobar"[..length]), expected);
        }
        assert_eq!(base64(&[0xFB, 0xFF]), "+/8=");
    }
}
