//! The floors of the crate, as the table in `src/lib.rs` lists them: imports go down, and in no circle.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src");

/// The floor of each folder, counted from the top, from lines like ``// | `marks`, `formats` | ... |``.
fn floors() -> BTreeMap<String, usize> {
    let lib = fs::read_to_string(Path::new(SOURCE).join("lib.rs")).unwrap();
    let rows = lib.lines().filter_map(|line| line.strip_prefix("// | `")?.split('|').next());
    let names = rows.enumerate().flat_map(|(floor, names)| {
        let names = names.split(['`', ',', ' ']).filter(|name| !name.is_empty());
        names.map(move |name| (name.to_owned(), floor)).collect::<Vec<_>>()
    });
    names.collect()
}

/// All source files below `folder`, by their module paths: `["marks", "images", "grid"]`; the name of a
/// folder stands for its `mod.rs`.
fn files(folder: &Path, module: &[String]) -> Vec<(Vec<String>, PathBuf)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let inner = [module, std::slice::from_ref(&name)].concat();
        if path.is_dir() {
            found.extend(files(&path, &inner));
        } else {
            found.push((if name == "mod" { module.to_vec() } else { inner }, path));
        }
    }
    found
}

/// The module paths that a file mentions outside of comments and its unit tests, resolved from `crate::`,
/// `super::` and `self::`. A group in braces counts as the path before it.
fn mentioned(module: &[String], path: &Path) -> Vec<Vec<String>> {
    let text = fs::read_to_string(path).unwrap();
    let code = text.split("#[cfg(test)]").next().unwrap();
    let code: String = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let is_folder = path.ends_with("mod.rs");
    let parent = module[..module.len() - 1].to_vec();
    let own = if is_folder { module.to_vec() } else { parent.clone() };
    let words = code.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'));
    let paths = words.filter_map(|word| {
        let (base, rest) = [("crate::", vec![]), ("self::", own.clone()), ("super::", parent.clone())]
            .into_iter()
            .find_map(|(start, base)| Some((base, word.strip_prefix(start)?)))?;
        let names = rest.split("::").filter(|name| !name.is_empty()).map(str::to_owned);
        Some(base.into_iter().chain(names).collect())
    });
    paths.collect()
}

#[test]
fn imports_go_down() {
    let floors = floors();
    assert!(floors.len() >= 9, "the table in lib.rs was not found: {floors:?}");
    for (module, path) in files(Path::new(SOURCE), &[]) {
        if module == ["lib"] {
            continue;
        }
        let floor = |name: &String| {
            *floors.get(name).unwrap_or_else(|| panic!("`{name}` is not in the table of floors in lib.rs"))
        };
        let own = floor(&module[0]);
        for target in mentioned(&module, &path).iter().filter_map(|target| target.first()) {
            assert!(
                *target == module[0] || floor(target) > own,
                "{} imports `{target}`, which is not on a lower floor",
                path.display()
            );
        }
    }
}

#[test]
fn no_file_imports_itself_by_a_detour() {
    let files = files(Path::new(SOURCE), &[]);
    let modules: BTreeSet<&Vec<String>> = files.iter().map(|(module, _)| module).collect();
    // The file of a mentioned path is the longest part of it that is a module.
    let file = |mut target: Vec<String>| {
        while !modules.contains(&target) {
            target.pop()?;
        }
        Some(target)
    };
    let mut imports: BTreeMap<Vec<String>, BTreeSet<Vec<String>>> = BTreeMap::new();
    for (module, path) in &files {
        let targets = mentioned(module, path).into_iter().filter_map(file).filter(|target| target != module);
        imports.insert(module.clone(), targets.collect());
    }
    // Files that import nothing and files that nothing imports are removed until only circles remain.
    loop {
        let imported: BTreeSet<_> = imports.values().flatten().cloned().collect();
        let edge = imports.iter().find(|(file, targets)| targets.is_empty() || !imported.contains(*file));
        let Some(file) = edge.map(|(file, _)| file.clone()) else { break };
        imports.remove(&file);
        imports.values_mut().for_each(|targets| _ = targets.remove(&file));
    }
    let circle: Vec<String> = imports.keys().map(|file| file.join("::")).collect();
    assert!(circle.is_empty(), "these files import one another in a circle: {circle:?}");
}
