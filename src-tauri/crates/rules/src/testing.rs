//! What several tests need: the manifests and the catalog under `tests/data`, and an application.

/// A published manifest.
pub(crate) const ZH_CN: &str = include_str!("../../../../tests/data/configmaps/markdown-zh-cn.yaml");
/// Another one.
pub(crate) const ZH_TW: &str = include_str!("../../../../tests/data/configmaps/markdown-zh-tw-colours.yaml");

/// Argo CD's catalog: `triggers/NAME.yaml` and `templates/NAME.yaml` with their texts, sorted.
pub(crate) fn catalog_files() -> Vec<(String, String)> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../tests/data/catalog");
    let mut files = Vec::new();
    for folder in ["templates", "triggers"] {
        for entry in std::fs::read_dir(root.join(folder)).expect("folder") {
            let path = entry.expect("entry").path();
            let name = path.file_name().expect("name").to_string_lossy().into_owned();
            files.push((format!("{folder}/{name}"), std::fs::read_to_string(&path).expect("text")));
        }
    }
    files.sort();
    files
}
