//! Tuples in parameters: `fn f((a, b): (A, B))`. They hide how many parameters there are, and the pair
//! has no name of its own.

use anyhow::Result;
use syn::visit::{self, Visit};

/// Files that have such parameters still.
pub(crate) const LISTED: &[(&str, usize)] = &[];

/// How many parameters of functions in a file are tuples. Closures may take what an iterator gives.
pub(crate) fn tuples(text: &str) -> Result<usize> {
    let mut count = Count(0);
    count.visit_file(&syn::parse_file(text)?);
    Ok(count.0)
}

struct Count(usize);

impl<'a> Visit<'a> for Count {
    fn visit_signature(&mut self, signature: &'a syn::Signature) {
        self.0 += signature
            .inputs
            .iter()
            .filter(|input| matches!(input, syn::FnArg::Typed(typed) if is_tuple(&typed.pat)))
            .count();
        visit::visit_signature(self, signature);
    }
}

fn is_tuple(pattern: &syn::Pat) -> bool {
    if let syn::Pat::Reference(reference) = pattern {
        return is_tuple(&reference.pat);
    }
    matches!(pattern, syn::Pat::Tuple(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tuples_in_parameters_of_functions_are_counted() {
        for (text, expected) in [
            ("fn f(a: A, b: B) {}", 0),
            ("fn f((a, b): (A, B)) {}", 1),
            ("fn f(&(a, b): &(A, B), (c, d): (C, D)) {}", 2),
            ("impl A { fn f(&self, (a, b): (A, B)) {} }", 1),
            ("trait A { fn f((a, b): (A, B)) {} }", 1),
            ("fn f(pair: (A, B)) { pair.map(|(a, b)| a); }", 0),
            ("fn f() { fn g((a, b): (A, B)) {} }", 1),
            ("fn f(A { a, b }: A) {}", 0),
        ] {
            assert_eq!(tuples(text).unwrap(), expected, "{text}");
        }
    }
}
