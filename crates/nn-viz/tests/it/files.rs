//! Saved figures.

use std::fs;

use nn_viz::{Color, Drawing, Panel, VizError};

use crate::single;

fn drawing() -> Drawing {
    single(2.0, 2.0, Panel::new("").line("", &[0.0, 1.0], &[0.0, 1.0], Color::INK))
}

#[test]
fn a_saved_figure_holds_the_bytes_of_the_drawing() {
    let directory = tempfile::tempdir().unwrap();
    let (svg, png) = (directory.path().join("a.svg"), directory.path().join("a.png"));
    for _ in 0..2 {
        drawing().save_svg(&svg).unwrap();
        drawing().save_png(&png, 100.0).unwrap();
        assert_eq!(fs::read_to_string(&svg).unwrap(), drawing().svg());
        assert_eq!(fs::read(&png).unwrap(), drawing().png(100.0).unwrap());
    }
    assert_eq!(fs::read_dir(&directory).unwrap().count(), 2);
}

#[test]
fn what_cannot_be_saved_leaves_the_old_file_and_nothing_else() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.png");
    fs::write(&path, "old").unwrap();
    let mut permissions = fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions).unwrap();
    let error = drawing().save_png(&path, 100.0).unwrap_err();
    let line = format!("cannot write {}: expected a writable file, found a read-only one", path.display());
    assert_eq!(error.to_string(), line);
    assert!(matches!(drawing().save_png(&path, 0.0), Err(VizError::Resolution { .. })));
    assert!(matches!(drawing().save_svg(&directory), Err(VizError::File { .. })));
    assert_eq!(fs::read(&path).unwrap(), b"old");
    assert_eq!(fs::read_dir(&directory).unwrap().count(), 1);
}
