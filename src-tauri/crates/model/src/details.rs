//! What a repository holds of an application (Argo CD `reposerver/repository/repository.proto`, RepoAppDetailsResponse).

use serde::Deserialize;

/// The tool that makes the manifests, and what it has to say (`POST /api/v1/repositories/URL/appdetails`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct SourceDetails {
    /// `Helm`, `Kustomize`, `Directory` or `Plugin`.
    #[serde(rename = "type")]
    pub kind: String,
    /// With Helm.
    pub helm: Option<HelmDetails>,
    /// With Kustomize.
    pub kustomize: Option<KustomizeDetails>,
    /// With plain files.
    pub directory: Option<DirectoryDetails>,
}

/// A chart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct HelmDetails {
    /// Its name.
    pub name: String,
    /// Files of values beside it.
    pub value_files: Vec<String>,
    /// Every value, by its path (`image.tag`).
    pub parameters: Vec<HelmParameter>,
    /// The text of `values.yaml`.
    pub values: String,
    /// Values that are files.
    pub file_parameters: Vec<HelmFile>,
}

/// One value of a chart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[allow(missing_docs, reason = "the field names say it")]
pub struct HelmParameter {
    pub name: String,
    pub value: String,
    pub force_string: bool,
}

/// One value of a chart that is a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[allow(missing_docs, reason = "the field names say it")]
pub struct HelmFile {
    pub name: String,
    pub path: String,
}

/// A kustomization.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct KustomizeDetails {
    /// Its images.
    pub images: Vec<String>,
}

/// Plain files; there is nothing to say of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct DirectoryDetails {}
