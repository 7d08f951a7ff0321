//! Models as files: what is saved can be loaded, a file that does not fit changes nothing, and a failed save leaves the old
//! file intact.

#![cfg(feature = "safetensors")]

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use nn_core::{
    BatchNorm1d, Entry, Kind, Linear, Module, Parameters, Sequential, StateDict, StateFileProblem, Tanh,
};
use tempfile::{TempDir, tempdir};

fn network(hidden: usize, seed: u64) -> Sequential<f32> {
    let rng = &mut ChaCha8Rng::seed_from_u64(seed);
    Sequential::new().append(Linear::new(2, hidden, rng)).append(Tanh).append(Linear::new(hidden, 1, rng))
}

/// The names of the files in a directory.
fn names(directory: &TempDir) -> Vec<String> {
    let names =
        fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}

#[test]
fn a_saved_model_can_be_loaded() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("model.safetensors");
    let (trained, mut other) = (network(8, 0), network(8, 1));
    other.save_safetensors(&path).unwrap();
    trained.save_safetensors(&path).unwrap();
    other.load_safetensors(&path).unwrap();
    assert_eq!(other.state_dict(), trained.state_dict());
    assert_eq!(names(&directory), ["model.safetensors"]);

    // The same holds for a trait object.
    let module: &mut dyn Module<f32> = &mut other;
    module.load_state_dict(&StateDict::load_safetensors(&path).unwrap()).unwrap();
    assert_eq!(module.state_dict().to_safetensors().unwrap(), fs::read(&path).unwrap());
}

#[test]
fn metadata_and_counters_can_be_loaded() {
    let count =
        Entry { name: "count".into(), kind: Kind::Counter, shape: vec![], value: vec![16777215.0_f32] };
    let mut state = StateDict::from_iter([count]);
    state
        .metadata_mut()
        .extend([("rate".to_owned(), "0.1".to_owned()), ("ütf \"8\"\n".to_owned(), "\\".to_owned())]);
    let bytes = state.to_safetensors().unwrap();
    assert!(String::from_utf8_lossy(&bytes).contains(r#""dtype":"I64","shape":[]"#));
    assert_eq!(StateDict::from_safetensors(&bytes).unwrap(), state);
}

#[test]
fn a_file_that_does_not_fit_changes_nothing() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("model.safetensors");
    let mut state = network(8, 0).state_dict();
    state = state.entries().iter().filter(|entry| entry.name != "2.bias").cloned().collect();
    state.insert(Entry { name: "2.scale".into(), kind: Kind::Learned, shape: vec![], value: vec![1.0] });
    state.save_safetensors(&path).unwrap();

    let mut model = network(5, 1);
    let before = model.state_dict();
    let error = model.load_safetensors(&path).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "{}: the state does not fit the model: missing 2.bias; unexpected 2.scale; \
             0.weight: expected shape [5, 2], found [8, 2]; 0.bias: expected shape [5], found [8]; \
             2.weight: expected shape [1, 5], found [1, 8]",
            path.display()
        )
    );
    assert!(matches!(error.problem, StateFileProblem::Mismatch(_)));
    assert_eq!(model.state_dict(), before);

    // Neither does a file that is cut off, or one whose last tensor has values that are too large.
    fs::write(&path, &network(5, 2).state_dict().to_safetensors().unwrap()[..200]).unwrap();
    model.load_safetensors(&path).unwrap_err();
    let large = before.entries().iter().map(|entry| {
        let value = entry.value.iter().map(|_| if entry.name == "2.bias" { 1e300 } else { 7.0_f64 });
        Entry {
            name: entry.name.clone(),
            kind: entry.kind,
            shape: entry.shape.clone(),
            value: value.collect(),
        }
    });
    StateDict::from_iter(large).save_safetensors(&path).unwrap();
    let error = model.load_safetensors(&path).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("{}: tensor \"2.bias\" holds 1e300, beyond the range of f32", path.display())
    );
    assert_eq!(model.state_dict(), before);
}

#[test]
fn a_count_that_is_not_whole_or_could_not_be_saved_does_not_fit() {
    let mut network = Sequential::<f64>::new().append(BatchNorm1d::new(2));
    let mut state = network.state_dict();
    let count = state.get("0.num_batches_tracked").unwrap().clone();
    // A file that was not saved by nn may hold the count as F64 instead of I64.
    const BEYOND: f64 = (1_u64 << 63) as f64;
    for (value, fits) in [
        (BEYOND.next_down(), true),
        (0.0, true),
        (2.0, true),
        (2.5, false),
        (-1.0, false),
        (BEYOND, false),
        (1e30, false),
        (f64::INFINITY, false),
    ] {
        state.insert(Entry { kind: Kind::Learned, value: vec![value], ..count.clone() });
        let saved = StateDict::from_safetensors(&state.to_safetensors().unwrap()).unwrap();
        let message = format!(
            "the state does not fit the model: 0.num_batches_tracked: expected a whole number from 0 to 2^63, found {value}"
        );
        let before = network.state_dict();
        match network.load_state_dict(&saved) {
            Ok(()) => {
                assert!(fits);
                let again = StateDict::from_safetensors(&network.state_dict().to_safetensors().unwrap());
                network.load_state_dict(&again.unwrap()).unwrap();
                assert_eq!(network.state_dict().get("0.num_batches_tracked").unwrap().value, [value]);
            }
            Err(error) => {
                assert_eq!((fits, error.to_string()), (false, message));
                assert_eq!(network.state_dict(), before);
            }
        }
    }
}

#[test]
fn names_and_shapes_are_checked_before_the_data_is_read() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("model.safetensors");
    // A complete sparse file of one terabyte.
    let header = r#"{"0.weight":{"dtype":"F32","shape":[262144,1048576],"data_offsets":[0,1099511627776]}} "#;
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header.as_bytes());
    fs::write(&path, &bytes).unwrap();
    let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
    if file.set_len(bytes.len() as u64 + (1 << 40)).is_err() {
        return; // Not every file system supports sparse files.
    }
    let error = network(8, 0).load_safetensors(&path).unwrap_err();
    assert!(matches!(error.problem, StateFileProblem::Mismatch(_)), "{error}");
}

#[test]
fn a_save_that_fails_changes_nothing() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("model.safetensors");
    network(8, 0).save_safetensors(&path).unwrap();
    let old = fs::read(&path).unwrap();

    let wrong = Entry { name: "a".into(), kind: Kind::Counter, shape: vec![], value: vec![0.5] };
    let error = StateDict::<f32>::from_iter([wrong]).save_safetensors(&path).unwrap_err();
    assert!(error.to_string().starts_with(&path.display().to_string()), "{error}");
    assert_eq!(fs::read(&path).unwrap(), old);
    assert_eq!(names(&directory), ["model.safetensors"]);

    // The directory does not exist, or is a file; last, the path of the file is a directory.
    for (path, kind) in
        [("none/model.safetensors", ErrorKind::NotFound), ("model.safetensors/x", ErrorKind::NotADirectory)]
    {
        let path = directory.path().join(path);
        let error = network(8, 0).save_safetensors(&path).unwrap_err();
        assert!(
            matches!(error.problem, StateFileProblem::Unwritable { kind: found, .. } if found == kind),
            "{error}"
        );
        assert!(
            error.to_string().starts_with(&format!("{}: cannot be written: ", path.display())),
            "{error}"
        );
    }
    let error = network(8, 0).save_safetensors(&directory).unwrap_err();
    assert_eq!(error.problem, StateFileProblem::NotAFile);
    assert_eq!(network(8, 0).save_safetensors("").unwrap_err().file, "");
    assert_eq!(names(&directory), ["model.safetensors"]);
}

#[test]
fn only_a_regular_file_is_read() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("none.safetensors");
    let error = network(8, 0).load_safetensors(&path).unwrap_err();
    assert!(matches!(error.problem, StateFileProblem::Unreadable { kind: ErrorKind::NotFound, .. }));
    assert!(error.to_string().starts_with(&format!("{}: cannot be read: ", path.display())), "{error}");
    assert_eq!(
        StateDict::<f32>::load_safetensors(&directory).unwrap_err().problem,
        StateFileProblem::NotAFile
    );
}

#[cfg(unix)]
#[test]
fn what_is_not_a_file_is_neither_read_nor_replaced() {
    use std::os::unix::fs::FileTypeExt;
    for device in ["/dev/full", "/dev/null", "/dev/zero"].map(Path::new) {
        if device.exists() {
            assert_eq!(
                network(8, 0).load_safetensors(device).unwrap_err().problem,
                StateFileProblem::NotAFile
            );
        }
    }
    // A socket of this test: a device of the system would not survive a failure.
    let directory = tempdir().unwrap();
    let socket = directory.path().join("socket");
    let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    for place in [socket.as_path(), directory.path()] {
        assert_eq!(network(8, 0).save_safetensors(place).unwrap_err().problem, StateFileProblem::NotAFile);
    }
    assert!(fs::metadata(&socket).unwrap().file_type().is_socket());
    assert_eq!(names(&directory), ["socket"]);
}

#[test]
fn a_save_refuses_a_read_only_file() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("model.safetensors");
    network(8, 0).save_safetensors(&path).unwrap();
    let mut permissions = fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions).unwrap();
    let error = network(8, 1).save_safetensors(&path).unwrap_err();
    let line = "cannot be written: expected a writable file, found a read-only one";
    assert_eq!(error.to_string(), format!("{}: {line}", path.display()));
    assert!(matches!(error.problem, StateFileProblem::Unwritable { kind: ErrorKind::PermissionDenied, .. }));
    assert_eq!(fs::read(&path).unwrap(), network(8, 0).state_dict().to_safetensors().unwrap());
    assert_eq!(names(&directory), ["model.safetensors"]);
}

#[cfg(unix)]
#[test]
fn a_save_creates_the_target_of_a_link_and_removes_what_a_killed_process_left() {
    let directory = tempdir().unwrap();
    let (path, link) = (directory.path().join("run-7.safetensors"), directory.path().join("latest"));
    std::os::unix::fs::symlink("run-7.safetensors", &link).unwrap();
    let litter = fs::File::create(directory.path().join(".nn-4711-0.tmp")).unwrap();
    let days = std::time::Duration::from_secs(2 * 24 * 60 * 60);
    litter.set_modified(std::time::SystemTime::now() - days).unwrap();
    drop(litter);
    network(8, 0).save_safetensors(&link).unwrap();
    assert!(link.is_symlink());
    assert_eq!(fs::read(&path).unwrap(), network(8, 0).state_dict().to_safetensors().unwrap());
    assert_eq!(names(&directory), ["latest", "run-7.safetensors"]);
}

#[cfg(unix)]
#[test]
fn a_save_keeps_links_and_permissions() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempdir().unwrap();
    let (path, link) = (directory.path().join("model.safetensors"), directory.path().join("latest"));
    network(8, 0).save_safetensors(&path).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    std::os::unix::fs::symlink("model.safetensors", &link).unwrap();
    network(8, 1).save_safetensors(&link).unwrap();
    assert!(link.is_symlink());
    assert_eq!(fs::read(&path).unwrap(), network(8, 1).state_dict().to_safetensors().unwrap());
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
}

#[cfg(unix)]
#[test]
fn a_directory_without_permission_to_write_is_an_error() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempdir().unwrap();
    let path = directory.path().join("model.safetensors");
    network(8, 0).save_safetensors(&path).unwrap();
    fs::set_permissions(&directory, fs::Permissions::from_mode(0o500)).unwrap();
    let saved = network(8, 1).save_safetensors(&path);
    let privileged = fs::write(directory.path().join("probe"), "").is_ok();
    fs::set_permissions(&directory, fs::Permissions::from_mode(0o700)).unwrap();
    if privileged {
        return; // Some users may write to any directory.
    }
    assert!(matches!(
        saved.unwrap_err().problem,
        StateFileProblem::Unwritable { kind: ErrorKind::PermissionDenied, .. }
    ));
    assert_eq!(fs::read(&path).unwrap(), network(8, 0).state_dict().to_safetensors().unwrap());
}

#[test]
fn threads_that_save_to_one_file_leave_it_complete() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("model.safetensors");
    std::thread::scope(|scope| {
        for seed in 0..4 {
            let path = &path;
            scope.spawn(move || (0..10).for_each(|_| network(8, seed).save_safetensors(path).unwrap()));
        }
        scope.spawn(|| {
            for _ in 0..20 {
                if path.exists() {
                    StateDict::<f32>::load_safetensors(&path).unwrap();
                }
            }
        });
    });
    assert_eq!(names(&directory), ["model.safetensors"]);
}
