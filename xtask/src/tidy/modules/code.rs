//! What stands in a module: names, imports and paths.

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};

/// What stands in a module, but for what is there in tests only.
#[derive(Default)]
pub(crate) struct Code<'a> {
    /// The names of what is defined in it.
    pub(crate) items: BTreeSet<String>,
    pub(crate) imports: Vec<Import>,
    /// Every path, of a type or of a value.
    pub(crate) paths: Vec<Vec<String>>,
    /// The modules that it declares or holds.
    pub(crate) modules: Vec<&'a syn::ItemMod>,
}

/// One name, or everything, that a `use` brings in.
pub(crate) struct Import {
    /// `None` is everything: `use path::*`.
    pub(crate) name: Option<String>,
    pub(crate) path: Vec<String>,
    pub(crate) is_reexport: bool,
}

impl<'a> Code<'a> {
    /// Reads a module's items.
    pub(crate) fn of(items: &'a [syn::Item]) -> Self {
        let mut code = Self {
            items: items.iter().filter_map(name_of).collect(),
            ..Self::default()
        };
        for item in items {
            code.visit_item(item);
        }
        code
    }
}

impl<'a> Visit<'a> for Code<'a> {
    fn visit_item(&mut self, item: &'a syn::Item) {
        if !is_for_tests(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, module: &'a syn::ItemMod) {
        self.modules.push(module);
    }

    fn visit_item_use(&mut self, item: &'a syn::ItemUse) {
        if item.leading_colon.is_none() {
            let is_reexport = !matches!(item.vis, syn::Visibility::Inherited);
            flatten(&item.tree, &mut Vec::new(), is_reexport, &mut self.imports);
        }
    }

    fn visit_impl_item_fn(&mut self, function: &'a syn::ImplItemFn) {
        if !is_for_tests(&function.attrs) {
            visit::visit_impl_item_fn(self, function);
        }
    }

    fn visit_path(&mut self, path: &'a syn::Path) {
        if path.leading_colon.is_none() {
            let segments = path.segments.iter();
            self.paths
                .push(segments.map(|segment| segment.ident.to_string()).collect());
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'a syn::Macro) {
        self.visit_path(&call.path);
        find_paths(call.tokens.clone(), &mut self.paths);
    }

    fn visit_attribute(&mut self, _: &'a syn::Attribute) {}

    fn visit_visibility(&mut self, _: &'a syn::Visibility) {}
}

/// The paths among the words of a macro's call.
fn find_paths(tokens: TokenStream, paths: &mut Vec<Vec<String>>) {
    let mut path: Vec<String> = Vec::new();
    // How many colons stand since the last word.
    let mut colons = 0;
    let mut follows_dot = false;
    for token in tokens {
        let mark = match &token {
            TokenTree::Punct(mark) => Some(mark.as_char()),
            TokenTree::Ident(_) | TokenTree::Literal(_) | TokenTree::Group(_) => None,
        };
        if mark == Some(':') {
            colons += 1;
            continue;
        }
        let is_word = matches!(token, TokenTree::Ident(_));
        let continues = is_word && colons == 2;
        if !continues && !path.is_empty() {
            paths.push(std::mem::take(&mut path));
        }
        match token {
            // What follows a dot is a field or a method.
            TokenTree::Ident(word) if !follows_dot => path.push(word.to_string()),
            TokenTree::Group(group) => find_paths(group.stream(), paths),
            TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
        colons = 0;
        follows_dot = mark == Some('.');
    }
    if !path.is_empty() {
        paths.push(path);
    }
}

/// Takes a `use` apart.
fn flatten(
    tree: &syn::UseTree,
    before: &mut Vec<String>,
    is_reexport: bool,
    imports: &mut Vec<Import>,
) {
    let mut import = |name: Option<String>, last: Option<String>, before: &[String]| {
        let path = before.iter().cloned().chain(last).collect();
        imports.push(Import {
            name,
            path,
            is_reexport,
        });
    };
    match tree {
        syn::UseTree::Path(path) => {
            before.push(path.ident.to_string());
            flatten(&path.tree, before, is_reexport, imports);
            before.pop();
        }
        syn::UseTree::Group(group) => {
            for tree in &group.items {
                flatten(tree, before, is_reexport, imports);
            }
        }
        syn::UseTree::Name(name) if name.ident == "self" => {
            import(before.last().cloned(), None, before);
        }
        syn::UseTree::Name(name) => {
            let name = name.ident.to_string();
            import(Some(name.clone()), Some(name), before);
        }
        syn::UseTree::Rename(rename) if rename.ident == "self" => {
            import(Some(rename.rename.to_string()), None, before);
        }
        syn::UseTree::Rename(rename) => {
            import(
                Some(rename.rename.to_string()),
                Some(rename.ident.to_string()),
                before,
            );
        }
        syn::UseTree::Glob(_) => import(None, None, before),
    }
}

/// The name that an item gives itself. Modules have theirs elsewhere.
fn name_of(item: &syn::Item) -> Option<String> {
    if is_for_tests(attributes(item)) {
        return None;
    }
    let name = match item {
        syn::Item::Const(item) => &item.ident,
        syn::Item::Enum(item) => &item.ident,
        syn::Item::Fn(item) => &item.sig.ident,
        syn::Item::Macro(item) => item.ident.as_ref()?,
        syn::Item::Static(item) => &item.ident,
        syn::Item::Struct(item) => &item.ident,
        syn::Item::Trait(item) => &item.ident,
        syn::Item::Type(item) => &item.ident,
        syn::Item::Union(item) => &item.ident,
        syn::Item::ExternCrate(_)
        | syn::Item::ForeignMod(_)
        | syn::Item::Impl(_)
        | syn::Item::Mod(_)
        | syn::Item::TraitAlias(_)
        | syn::Item::Use(_)
        | syn::Item::Verbatim(_)
        | _ => return None,
    };
    Some(name.to_string())
}

fn attributes(item: &syn::Item) -> &[syn::Attribute] {
    match item {
        syn::Item::Const(item) => &item.attrs,
        syn::Item::Enum(item) => &item.attrs,
        syn::Item::Fn(item) => &item.attrs,
        syn::Item::Impl(item) => &item.attrs,
        syn::Item::Macro(item) => &item.attrs,
        syn::Item::Mod(item) => &item.attrs,
        syn::Item::Static(item) => &item.attrs,
        syn::Item::Struct(item) => &item.attrs,
        syn::Item::Trait(item) => &item.attrs,
        syn::Item::Type(item) => &item.attrs,
        syn::Item::Union(item) => &item.attrs,
        syn::Item::Use(item) => &item.attrs,
        syn::Item::ExternCrate(_)
        | syn::Item::ForeignMod(_)
        | syn::Item::TraitAlias(_)
        | syn::Item::Verbatim(_)
        | _ => &[],
    }
}

/// Whether an item is there in tests only.
fn is_for_tests(attributes: &[syn::Attribute]) -> bool {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("cfg"))
        .filter_map(|attribute| attribute.meta.require_list().ok())
        .any(|list| list.tokens.to_string() == "test")
}
