//! `cargo xtask models`: takes the services' models anew from the published package and keeps their
//! facts. With `--newest` it writes nothing and says what the newest package would change.

mod differences;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::model::{ErrorFacts, Metadata, Model, Operation, Ordered, Shape};
use crate::run::Command;

/// The package that carries the models.
const PACKAGE: &str = "botocore";
/// The version of it that the models are taken from.
const VERSION: &str = "1.44.8";
/// Each service with the version of its interface.
const SERVICES: [(&str, &str); 2] = [("iam", "2010-05-08"), ("sts", "2011-06-15")];

/// Fetches, strips and writes both models.
pub(crate) fn run(root: &Path) -> Result<()> {
    let sources = fetch(root, &format!("{PACKAGE}=={VERSION}"))?;
    for (service, version) in SERVICES {
        let model = read(root, &sources.folder, service, version)?;
        let mut text = serde_json::to_string_pretty(&model)?;
        text.push('\n');
        let path = kept(root, service);
        std::fs::write(&path, text)?;
        println!(
            "{}: {} operations, {} shapes",
            path.display(),
            model.operations.0.len(),
            model.shapes.0.len()
        );
    }
    Ok(())
}

/// Fetches the newest package and says where its models differ from those that are kept.
pub(crate) fn compare_with_newest(root: &Path) -> Result<()> {
    let sources = fetch(root, PACKAGE)?;
    println!("{VERSION} is kept, {} is the newest.", sources.version);
    let mut is_same = true;
    for (service, version) in SERVICES {
        let newest = serde_json::to_value(read(root, &sources.folder, service, version)?)?;
        let kept: Value = serde_json::from_str(&std::fs::read_to_string(kept(root, service))?)?;
        for line in differences::between(&kept, &newest) {
            println!("{service}: {line}");
            is_same = false;
        }
    }
    if is_same {
        println!("It would change nothing.");
    } else {
        println!(
            "To take it, set VERSION in xtask/src/models.rs, then `cargo xtask models` and \
             `cargo xtask gen`."
        );
    }
    Ok(())
}

/// Where the model of a service is kept.
fn kept(root: &Path, service: &str) -> PathBuf {
    root.join("models").join(format!("{service}.json"))
}

/// The facts of a service's model in an unpacked package.
fn read(root: &Path, sources: &Path, service: &str, version: &str) -> Result<Model> {
    let source = sources.join(format!(
        "botocore/data/{service}/{version}/service-2.json.gz"
    ));
    let text = Command::new("gunzip").arg("-c").arg(&source).output(root)?;
    let raw: RawModel = serde_json::from_str(&text)
        .with_context(|| format!("the model of {service} breaks an assumption"))?;
    raw.strip()
}

/// An unpacked package.
struct Sources {
    folder: PathBuf,
    version: String,
}

/// Downloads and unpacks a package, given as `NAME` for the newest or `NAME==VERSION`.
fn fetch(root: &Path, package: &str) -> Result<Sources> {
    let folder = crate::run::target_folder(root).join("models");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    Command::new("python3")
        .args(["-m", "pip", "download", "--quiet", "--no-deps", "--dest"])
        .arg(&folder)
        .arg(package)
        .run(root)?;
    let wheel = std::fs::read_dir(&folder)?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .find(|path| path.extension().is_some_and(|extension| extension == "whl"))
        .context("the download holds no wheel")?;
    Command::new("python3")
        .args(["-m", "zipfile", "-e"])
        .arg(&wheel)
        .arg(&folder)
        .run(root)?;
    // A wheel is called NAME-VERSION-TAGS.
    let version = wheel
        .file_stem()
        .and_then(|name| name.to_str())
        .and_then(|name| name.split('-').nth(1))
        .context("the wheel's name tells no version")?
        .to_owned();
    Ok(Sources { folder, version })
}

/// A model as it is published. Every member that may occur is named, so that a new kind of fact
/// stops the command instead of being lost.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawModel {
    #[serde(rename = "version")]
    _version: IgnoredAny,
    metadata: RawMetadata,
    operations: Ordered<RawOperation>,
    shapes: Ordered<RawShape>,
    #[serde(rename = "documentation")]
    _documentation: IgnoredAny,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawMetadata {
    api_version: String,
    endpoint_prefix: String,
    protocol: String,
    xml_namespace: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RawOperation {
    name: String,
    http: BTreeMap<String, String>,
    input: Option<RawInput>,
    output: Option<RawOutput>,
    #[serde(default)]
    errors: Vec<RawInput>,
    #[serde(rename = "documentation")]
    _documentation: IgnoredAny,
    #[serde(rename = "auth", default)]
    _auth: Option<IgnoredAny>,
    authtype: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawInput {
    shape: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RawOutput {
    shape: String,
    result_wrapper: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RawShape {
    #[serde(rename = "type")]
    kind: String,
    members: Option<Ordered<RawMember>>,
    #[serde(default)]
    required: Vec<String>,
    #[serde(default)]
    exception: bool,
    error: Option<ErrorFacts>,
    #[serde(default)]
    union: bool,
    member: Option<RawMember>,
    key: Option<RawMember>,
    value: Option<RawMember>,
    min: Option<i64>,
    max: Option<i64>,
    pattern: Option<String>,
    #[serde(rename = "enum", default)]
    values: Vec<String>,
    #[serde(default)]
    sensitive: bool,
    #[serde(rename = "box", default)]
    boxed: bool,
    #[serde(rename = "documentation", default)]
    _documentation: Option<IgnoredAny>,
}

/// A member names its shape and nothing else that matters: no location name, no flattening.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RawMember {
    shape: String,
    #[serde(rename = "documentation", default)]
    _documentation: Option<IgnoredAny>,
    #[serde(rename = "deprecated", default)]
    _deprecated: Option<IgnoredAny>,
    #[serde(rename = "deprecatedMessage", default)]
    _deprecated_message: Option<IgnoredAny>,
    #[serde(rename = "deprecatedSince", default)]
    _deprecated_since: Option<IgnoredAny>,
}

impl RawModel {
    fn strip(self) -> Result<Model> {
        if self.metadata.protocol != "query" {
            bail!("the protocol is `{}`", self.metadata.protocol);
        }
        let operations = self.operations.0.into_iter().map(|(name, operation)| {
            let stripped = operation.strip(&name)?;
            Ok((name, stripped))
        });
        let shapes = self.shapes.0.into_iter().map(|(name, shape)| {
            let stripped = shape.strip().with_context(|| format!("shape `{name}`"))?;
            Ok((name, stripped))
        });
        Ok(Model {
            metadata: Metadata {
                api_version: self.metadata.api_version,
                endpoint_prefix: self.metadata.endpoint_prefix,
                xml_namespace: self.metadata.xml_namespace,
            },
            operations: Ordered(operations.collect::<Result<_>>()?),
            shapes: Ordered(shapes.collect::<Result<_>>()?),
        })
    }
}

impl RawOperation {
    fn strip(self, name: &str) -> Result<Operation> {
        let is_usual = self.name == name
            && self.http.get("requestUri").is_some_and(|uri| uri == "/")
            && self
                .http
                .get("method")
                .is_some_and(|method| method == "POST");
        if !is_usual {
            bail!("operation `{name}` is not called by POST to /");
        }
        let unsigned = match self.authtype.as_deref() {
            None => false,
            Some("none") => true,
            Some(other) => bail!("operation `{name}` has the authorization type `{other}`"),
        };
        let (output, result_wrapper) = match self.output {
            Some(output) => (Some(output.shape), Some(output.result_wrapper)),
            None => (None, None),
        };
        Ok(Operation {
            input: self.input.map(|input| input.shape),
            output,
            result_wrapper,
            errors: self.errors.into_iter().map(|error| error.shape).collect(),
            unsigned,
        })
    }
}

impl RawShape {
    fn strip(self) -> Result<Shape> {
        let size = |bound: Option<i64>| bound.map(usize::try_from).transpose();
        let number = |bound: Option<i64>| bound.map(i32::try_from).transpose();
        Ok(match self.kind.as_str() {
            "structure" => {
                let members = self.members.context("a structure without members")?;
                let members = members.0.into_iter();
                Shape::Structure {
                    members: Ordered(members.map(|(name, member)| (name, member.shape)).collect()),
                    required: self.required,
                    exception: self.exception,
                    error: self.error,
                    union: self.union,
                }
            }
            "list" => Shape::List {
                member: self.member.context("a list without member")?.shape,
                min: size(self.min)?,
                max: size(self.max)?,
            },
            "map" => Shape::Map {
                key: self.key.context("a map without key")?.shape,
                value: self.value.context("a map without value")?.shape,
                max: size(self.max)?,
            },
            "string" => Shape::String {
                min: size(self.min)?,
                max: size(self.max)?,
                pattern: self.pattern,
                values: self.values,
                sensitive: self.sensitive,
            },
            "integer" => Shape::Integer {
                min: number(self.min)?,
                max: number(self.max)?,
                boxed: self.boxed,
            },
            "boolean" => Shape::Boolean { boxed: self.boxed },
            "timestamp" => Shape::Timestamp {},
            "blob" => Shape::Blob {
                sensitive: self.sensitive,
            },
            other => bail!("unknown type `{other}`"),
        })
    }
}
