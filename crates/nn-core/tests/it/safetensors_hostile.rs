//! Untrusted files: anything wrong with one is an error that describes the problem and names the tensor.

#![cfg(feature = "safetensors")]

use nn_core::{Entry, Kind, StateDict};

/// A file with this header, followed by `data` zero bytes.
fn file(header: &str, data: usize) -> Vec<u8> {
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header.as_bytes());
    bytes.extend(std::iter::repeat_n(0, data));
    bytes
}

fn load(bytes: &[u8]) -> Result<StateDict<f32>, String> {
    StateDict::from_safetensors(bytes).map_err(|error| error.to_string())
}

fn error(bytes: &[u8]) -> String {
    let error = load(bytes).unwrap_err();
    error.strip_prefix("<bytes>: ").expect("the file is named").to_owned()
}

const WHOLE: &str = r#"{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}"#;

#[test]
fn a_valid_file_is_read() {
    let state = load(&file(WHOLE, 24)).unwrap();
    assert_eq!(
        state.entries(),
        [Entry { name: "a".into(), kind: Kind::Learned, shape: vec![2, 3], value: vec![0.0; 6] }]
    );
    assert_eq!(load(&file("{}", 0)).unwrap(), StateDict::new());
    // Surrounding spaces, keys in another order, a field of a later version, an empty tensor, and one without axes.
    let odd = r#" {"a":{"shape":[],"new":{"x":[1]},"data_offsets":[0,8],"dtype":"I64"},"b":{"dtype":"F64","shape":[0,9],"data_offsets":[8,8]}}  "#;
    assert_eq!(load(&file(odd, 8)).unwrap().names().collect::<Vec<_>>(), ["a", "b"]);
}

#[test]
fn a_file_cut_off_anywhere_is_refused() {
    let whole = file(WHOLE, 24);
    for length in 0..whole.len() {
        error(&whole[..length]);
    }
    assert_eq!(
        error(&whole[..7]),
        "has 7 bytes, expected at least the 8 with the length of the header; is it cut off?"
    );
    assert_eq!(
        error(&whole[..20]),
        "claims a header of 57 bytes, but 12 follow and at most 100000000 are allowed; is it a safetensors file, and whole?"
    );
    assert_eq!(
        error(&whole[..whole.len() - 1]),
        "tensor \"a\" ends at offset 24, but there are 23 bytes of data; is the file cut off?"
    );
}

#[test]
fn a_wrong_header_length_is_refused_before_memory_is_taken() {
    for length in [u64::MAX, u64::MAX - 7, 1 << 63, 100_000_001, 58 + 24] {
        let mut bytes = file(WHOLE, 24);
        bytes[..8].copy_from_slice(&length.to_le_bytes());
        assert_eq!(
            error(&bytes),
            format!(
                "claims a header of {length} bytes, but 81 follow and at most 100000000 are allowed; \
                 is it a safetensors file, and whole?"
            )
        );
    }
}

#[test]
fn a_header_that_is_not_valid_text_or_json_is_an_error_with_its_position() {
    let mut bytes = file(WHOLE, 24);
    bytes[10] = 0xff;
    assert_eq!(error(&bytes), "the header is not UTF-8 text from its byte 2 on");
    for (header, message) in [
        ("", "EOF while parsing a value"),
        ("[]", "invalid type: sequence, expected an object of tensors by name"),
        ("{} {}", "trailing characters"),
        (&"[".repeat(100_000), "invalid type: sequence, expected an object of tensors by name"),
        (&format!(r#"{{"a":{{"deep":{}"#, "[".repeat(100_000)), "\"a\": EOF while parsing a list"),
        (
            r#"{"a":7}"#,
            "\"a\": invalid type: integer `7`, expected an object with dtype, shape and data_offsets",
        ),
        (r#"{"a":{"dtype":"F32","shape":[]}}"#, "\"a\": missing field `data_offsets`"),
        (r#"{"a":{"dtype":"F32","dtype":"F32"}}"#, "\"a\": duplicate field `dtype`"),
        (r#"{"a":{"shape":[-1]}}"#, "\"a\": invalid value: integer `-1`, expected u64"),
        (r#"{"a":{"shape":[1e999]}}"#, "\"a\": number out of range"),
        (
            r#"{"a":{"shape":[18446744073709551616]}}"#,
            "\"a\": invalid type: floating point `1.8446744073709552e+19`, expected u64",
        ),
        (r#"{"a":{"data_offsets":[0]}}"#, "\"a\": invalid length 1, expected a tuple of size 2"),
        (r#"{"a":{"data_offsets":[0,1,2]}}"#, "\"a\": trailing characters"),
        (r#"{"__metadata__":{"a":1}}"#, "\"__metadata__\": invalid type: integer `1`, expected a string"),
        (r#"{"__metadata__":{"a":"","a":""}}"#, "\"__metadata__\": key \"a\" appears twice"),
        (r#"{"__metadata__":{},"__metadata__":{}}"#, "__metadata__ appears twice"),
    ] {
        let error = error(&file(header, 0));
        let message = format!("the header is not as expected: {message} at line 1 column ");
        assert!(error.starts_with(&message), "{error}");
    }
}

#[test]
fn the_header_is_checked_against_the_length_of_the_file() {
    let one = |fields: &str| format!(r#"{{"a":{{{fields}}}}}"#);
    let two = |first: &str, second: &str| {
        format!(
            r#"{{"a":{{"dtype":"F32","shape":[2],"data_offsets":{first}}},"b":{{"dtype":"F32","shape":[2],"data_offsets":{second}}}}}"#
        )
    };
    for (header, data, message) in [
        (
            one(r#""dtype":"I32","shape":[2],"data_offsets":[0,8]"#),
            8,
            r#"tensor "a" is of type "I32", expected F64, F32, F16, BF16 or I64"#,
        ),
        (
            one(r#""dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]"#),
            8,
            r#"tensor "a" has a shape larger than any memory: [4294967296, 4294967296]"#,
        ),
        (
            one(r#""dtype":"F64","shape":[4611686018427387904],"data_offsets":[0,0]"#),
            0,
            r#"tensor "a" has a shape larger than any memory: [4611686018427387904]"#,
        ),
        (
            one(r#""dtype":"F32","shape":[4000000000000],"data_offsets":[0,16000000000000]"#),
            8,
            r#"tensor "a" ends at offset 16000000000000, but there are 8 bytes of data; is the file cut off?"#,
        ),
        (
            one(r#""dtype":"F32","shape":[2],"data_offsets":[8,0]"#),
            8,
            r#"tensor "a" ends at offset 0, before its start at 8"#,
        ),
        (
            one(r#""dtype":"F32","shape":[3,1],"data_offsets":[0,8]"#),
            8,
            r#"tensor "a" has shape [3, 1] of F32, which is 12 bytes, but its offsets span 8"#,
        ),
        (
            one(r#""dtype":"F32","shape":[1,1,1,1,1,1,1,1,1,1,1,3],"data_offsets":[0,8]"#),
            8,
            r#"tensor "a" has shape [1, 1, 1, 1, 1, 1, 1, 1, 1, 1] and 2 more of F32, which is 12 bytes, but its offsets span 8"#,
        ),
        (
            one(r#""dtype":"F32","shape":[2],"data_offsets":[4,12]"#),
            12,
            "the data from offset 0 to 4 belongs to no tensor",
        ),
        (
            one(r#""dtype":"F32","shape":[2],"data_offsets":[18446744073709551607,18446744073709551615]"#),
            8,
            r#"tensor "a" ends at offset 18446744073709551615, but there are 8 bytes of data; is the file cut off?"#,
        ),
        (
            one(r#""dtype":"F32","shape":[0],"data_offsets":[4,4]"#),
            8,
            "the data from offset 0 to 4 belongs to no tensor",
        ),
        (two("[0,8]", "[8,16]"), 17, "the data from offset 16 to 17 belongs to no tensor"),
        (two("[0,8]", "[12,20]"), 20, "the data from offset 8 to 12 belongs to no tensor"),
        (two("[0,8]", "[4,12]"), 12, r#"tensor "b" starts at offset 4, within another that ends at 8"#),
        (two("[4,12]", "[0,8]"), 12, r#"tensor "a" starts at offset 4, within another that ends at 8"#),
        (two("[0,8]", "[0,8]"), 8, r#"tensor "b" starts at offset 0, within another that ends at 8"#),
        (two("[0,8]", "[8,16]").replace("\"b\"", "\"a\""), 16, r#"tensor "a" appears twice"#),
        // The same name, with an escape sequence.
        (two("[0,8]", "[8,16]").replace("\"b\"", "\"\\u0061\""), 16, r#"tensor "a" appears twice"#),
    ] {
        assert_eq!(error(&file(&header, data)), message, "{header}");
    }
}

#[test]
fn a_long_name_does_not_fill_the_screen() {
    let name = "é".repeat(100_000);
    let header = format!(r#"{{"{name}":{{"dtype":"{name}","shape":[2],"data_offsets":[0,8]}}}}"#);
    let shown = "é".repeat(80);
    assert_eq!(
        error(&file(&header, 8)),
        format!(r#"tensor "{shown}"… is of type "{shown}"…, expected F64, F32, F16, BF16 or I64"#)
    );
}

#[test]
fn a_value_beyond_the_range_of_the_type_is_refused_and_infinity_is_kept() {
    let state = |value| {
        StateDict::from_iter([Entry {
            name: "a".into(),
            kind: Kind::Learned,
            shape: vec![],
            value: vec![value],
        }])
    };
    let bytes = state(1e39_f64).to_safetensors().unwrap();
    assert_eq!(error(&bytes), r#"tensor "a" holds 1e39, beyond the range of f32"#);
    for (double, single) in [(f64::NEG_INFINITY, f32::NEG_INFINITY), (0.1, 0.1), (1e-50, 0.0)] {
        assert_eq!(load(&state(double).to_safetensors().unwrap()).unwrap().entries()[0].value, [single]);
    }
    let nan = load(&state(f64::NAN).to_safetensors().unwrap()).unwrap();
    assert!(nan.entries()[0].value[0].is_nan());
}

#[test]
fn an_inconsistent_state_is_not_saved() {
    let entry = |name: &str, kind, shape: &[usize], value: &[f64]| Entry {
        name: name.into(),
        kind,
        shape: shape.into(),
        value: value.into(),
    };
    for (entry, message) in [
        (entry("a", Kind::Learned, &[2, 2], &[0.0; 3]), r#"tensor "a" has shape [2, 2] but 3 values"#),
        (
            entry("a", Kind::Learned, &[1 << 31, 1 << 31, 1 << 2], &[]),
            r#"tensor "a" has shape [2147483648, 2147483648, 4] but 0 values"#,
        ),
        (
            entry("__metadata__", Kind::Learned, &[], &[0.0]),
            r#"tensor "__metadata__" has a name that safetensors files reserve for something else"#,
        ),
        (
            entry("a", Kind::Counter, &[], &[0.5]),
            r#"tensor "a" counts something, so it must be a whole number, but is 0.5"#,
        ),
        (
            entry("a", Kind::Counter, &[], &[f64::NAN]),
            r#"tensor "a" counts something, so it must be a whole number, but is NaN"#,
        ),
        (
            entry("a", Kind::Counter, &[], &[1e19]),
            r#"tensor "a" counts something, so it must be a whole number, but is 10000000000000000000"#,
        ),
    ] {
        let error = StateDict::from_iter([entry]).to_safetensors().unwrap_err();
        assert_eq!(error.to_string(), format!("<bytes>: {message}"));
    }
}

/// The parser repeats a string that is in the wrong place. (Found by fuzzing.)
#[test]
fn a_long_string_in_the_wrong_place_is_shortened() {
    let long = "x".repeat(1_000_000);
    for (header, start) in [
        (format!("\"{long}\""), "the header is not as expected: invalid type: string \"xxx"),
        (format!("{{\"a\":\"{long}\"}}"), "the header is not as expected: \"a\": invalid type: string \"xxx"),
        (
            format!("{{\"a\":{{\"shape\":\"{long}\"}}}}"),
            "the header is not as expected: \"a\": invalid type: string \"xxx",
        ),
        (
            format!("{{\"__metadata__\":\"{long}\"}}"),
            "the header is not as expected: \"__metadata__\": invalid type: string \"xxx",
        ),
    ] {
        let message = StateDict::<f64>::from_safetensors(&file(&header, 0)).unwrap_err().to_string();
        let message = message.strip_prefix("<bytes>: ").unwrap();
        assert!(message.starts_with(start) && message.len() < 500, "{}", &message[..message.len().min(1000)]);
        assert!(message.contains("x… at line 1 column 10000"), "{message}");
    }
}

/// As a float, the largest I64 is 2⁶³, which no I64 is.
#[test]
fn the_largest_count_can_be_saved_again() {
    for count in [i64::MAX, i64::MIN, i64::MAX - 1024] {
        let mut bytes = file(r#"{"n":{"dtype":"I64","shape":[],"data_offsets":[0,8]}}"#, 0);
        bytes.extend(count.to_le_bytes());
        let state = StateDict::<f64>::from_safetensors(&bytes).unwrap();
        let again = StateDict::<f64>::from_safetensors(&state.to_safetensors().unwrap()).unwrap();
        assert_eq!(again, state);
        assert_eq!(again.get("n").unwrap().value, [count as f64]);
        let single = StateDict::<f32>::from_safetensors(&bytes).unwrap();
        let again = StateDict::<f32>::from_safetensors(&single.to_safetensors().unwrap()).unwrap();
        assert_eq!(again, single);
    }
}
