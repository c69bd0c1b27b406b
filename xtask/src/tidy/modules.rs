//! Which files of a crate use which others, as their code says.
//!
//! A file uses another where a path in its code leads there, whether by a `use` or written out. A
//! re-export is not a use but a way: who names what it gives out uses the file that has the item. Docs,
//! `mod` declarations and tests do not count. What is found is right for how code is written here; names
//! that only a compiler can find, such as methods and what macros make, are not looked for.

mod code;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use self::code::{Code, Import};

/// Source files by their place below `src`.
pub(crate) type Sources = BTreeMap<PathBuf, String>;

/// For each file the files that it uses, each with the first path that leads there.
pub(crate) type Uses = BTreeMap<PathBuf, BTreeMap<PathBuf, String>>;

/// Reads a crate from the file that is its root.
pub(crate) fn uses(sources: &Sources, root: &Path) -> Result<Uses> {
    let mut tree = Tree::default();
    let folder = root.parent().unwrap_or(Path::new(""));
    let place = Place {
        file: root,
        folder,
        parent: None,
    };
    tree.add_file(sources, place)?;
    Ok(tree.uses())
}

/// The modules of a crate; the first is its root.
#[derive(Default)]
struct Tree {
    modules: Vec<Module>,
}

/// A module, in a file of its own or inside of one.
struct Module {
    file: PathBuf,
    parent: Option<usize>,
    children: BTreeMap<String, usize>,
    /// The names of what is defined in it.
    items: BTreeSet<String>,
    imports: Vec<Import>,
    /// Every path in its code.
    paths: Vec<Vec<String>>,
}

/// Where a module's code is and where its children's files are.
#[derive(Clone, Copy)]
struct Place<'a> {
    file: &'a Path,
    folder: &'a Path,
    parent: Option<usize>,
}

/// What a path leads to within the crate.
#[derive(Clone, Copy)]
enum Found {
    Module(usize),
    /// Something that this module defines.
    ItemOf(usize),
}

impl Tree {
    fn add_file(&mut self, sources: &Sources, place: Place<'_>) -> Result<usize> {
        let shown = place.file.display();
        let text = sources
            .get(place.file)
            .with_context(|| format!("{shown} is declared and not there"))?;
        let file = syn::parse_file(text).with_context(|| format!("cannot read {shown}"))?;
        self.add(sources, place, &file.items)
    }

    fn add(&mut self, sources: &Sources, place: Place<'_>, items: &[syn::Item]) -> Result<usize> {
        let code = Code::of(items);
        let index = self.modules.len();
        self.modules.push(Module {
            file: place.file.to_owned(),
            parent: place.parent,
            children: BTreeMap::new(),
            items: code.items,
            imports: code.imports,
            paths: code.paths,
        });
        for declared in code.modules {
            let name = declared.ident.to_string();
            let folder = place.folder.join(&name);
            let file = place.folder.join(format!("{name}.rs"));
            let parent = Some(index);
            let child = match &declared.content {
                Some((_, items)) => {
                    let place = Place {
                        file: place.file,
                        folder: &folder,
                        parent,
                    };
                    self.add(sources, place, items)?
                }
                None => {
                    let place = Place {
                        file: &file,
                        folder: &folder,
                        parent,
                    };
                    self.add_file(sources, place)?
                }
            };
            if let Some(module) = self.modules.get_mut(index) {
                module.children.insert(name, child);
            }
        }
        Ok(index)
    }

    fn uses(&self) -> Uses {
        let mut uses = Uses::new();
        for (index, module) in self.modules.iter().enumerate() {
            let used = uses.entry(module.file.clone()).or_default();
            let imported = module
                .imports
                .iter()
                .filter(|import| !import.is_reexport && import.name.is_some())
                .map(|import| &import.path);
            for path in imported.chain(&module.paths) {
                let Some(Found::ItemOf(owner)) = self.resolve(index, path, &mut Sought::new())
                else {
                    continue;
                };
                let Some(owner) = self.modules.get(owner) else {
                    continue;
                };
                if owner.file != module.file {
                    used.entry(owner.file.clone())
                        .or_insert_with(|| path.join("::"));
                }
            }
        }
        uses
    }

    /// Follows a path that stands in a module. `None` leads out of the crate, or is a local name.
    fn resolve(&self, from: usize, path: &[String], sought: &mut Sought) -> Option<Found> {
        let (first, mut rest) = path.split_first()?;
        let mut found = match first.as_str() {
            "crate" => Found::Module(0),
            "self" => Found::Module(from),
            "super" => Found::Module(self.modules.get(from)?.parent?),
            name => self.look_up(from, name, rest.is_empty(), sought)?,
        };
        while let Some((name, after)) = rest.split_first() {
            let Found::Module(module) = found else {
                // What is below an item, a variant of an enum for one, is where the item is.
                return Some(found);
            };
            rest = after;
            found = if name == "super" {
                Found::Module(self.modules.get(module)?.parent?)
            } else {
                self.look_up(module, name, rest.is_empty(), sought)?
            };
        }
        Some(found)
    }

    /// Finds a name in a module. A function may be called as a module is: the last name of a path means
    /// the function.
    fn look_up(
        &self,
        module: usize,
        name: &str,
        is_last: bool,
        sought: &mut Sought,
    ) -> Option<Found> {
        let here = self.modules.get(module)?;
        let child = here.children.get(name).copied().map(Found::Module);
        if !is_last && child.is_some() {
            return child;
        }
        if here.items.contains(name) {
            return Some(Found::ItemOf(module));
        }
        let search = (module, name.to_owned(), is_last);
        if sought.contains(&search) {
            return None;
        }
        sought.push(search);
        let found = self.look_into_imports(module, name, is_last, sought);
        sought.pop();
        found.or(child)
    }

    fn look_into_imports(
        &self,
        module: usize,
        name: &str,
        is_last: bool,
        sought: &mut Sought,
    ) -> Option<Found> {
        let imports = &self.modules.get(module)?.imports;
        let mut named = imports
            .iter()
            .filter(|import| import.name.as_deref() == Some(name));
        let mut all = imports.iter().filter(|import| import.name.is_none());
        named
            .find_map(|import| self.resolve_import(module, &import.path, is_last, sought))
            .or_else(|| {
                all.find_map(|import| {
                    match self.resolve_import(module, &import.path, false, sought)? {
                        Found::Module(other) => self.look_up(other, name, is_last, sought),
                        Found::ItemOf(_) => None,
                    }
                })
            })
    }

    /// Follows what a `use` names. Where more of a path follows, a module is meant rather than a
    /// function of the same name.
    fn resolve_import(
        &self,
        module: usize,
        path: &[String],
        is_last: bool,
        sought: &mut Sought,
    ) -> Option<Found> {
        if !is_last {
            let (name, parents) = path.split_last()?;
            if let Some(Found::Module(parent)) = self.resolve(module, parents, sought) {
                let child = self.modules.get(parent)?.children.get(name);
                if let Some(child) = child {
                    return Some(Found::Module(*child));
                }
            }
        }
        self.resolve(module, path, sought)
    }
}

/// The searches that are under way: modules may re-export everything of each other.
type Sought = Vec<(usize, String, bool)>;
