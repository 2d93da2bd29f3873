//! Links between documents, and from documents to sources, lead somewhere. rustdoc checks the links to items.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A document, without its blocks of code.
struct Document {
    path: PathBuf,
    text: String,
}

impl Document {
    fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap_or_default();
        let prose: Vec<_> = text.split("```").step_by(2).collect();
        Self {
            path: path.to_owned(),
            text: prose.concat(),
        }
    }

    /// `[label]: target`, one on each line.
    fn definitions(&self) -> impl Iterator<Item = (&str, &str)> {
        let lines = self.text.lines();
        lines.filter_map(|line| line.strip_prefix('[')?.split_once("]: "))
    }

    /// What stands between these, such as `](` and `)`.
    fn between<'a>(&'a self, open: &'a str, close: char) -> impl Iterator<Item = &'a str> {
        let ends = self.text.split(open).skip(1);
        ends.filter_map(move |rest| rest.split_once(close).map(|(inner, _)| inner))
    }

    fn targets(&self) -> impl Iterator<Item = &str> {
        let defined = self.definitions().map(|(_, target)| target);
        self.between("](", ')').chain(defined)
    }

    /// The anchors that a repository's website gives to the headings.
    fn anchors(&self) -> BTreeSet<String> {
        let headings = self.text.lines().filter(|line| line.starts_with('#'));
        let anchor = |heading: &str| {
            let heading = heading.trim_start_matches('#').trim().to_lowercase();
            let kept = heading.chars().filter_map(|c| match c {
                ' ' => Some('-'),
                '-' | '_' => Some(c),
                _ => c.is_alphanumeric().then_some(c),
            });
            kept.collect()
        };
        headings.map(anchor).collect()
    }

    /// What is wrong with a link, if anything is.
    fn fault(&self, target: &str) -> Option<&'static str> {
        // Items are for rustdoc.
        if target.contains("::") || target.contains("://") || target.contains('@') {
            return None;
        }
        let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
        let path = match file {
            "" => self.path.clone(),
            file => self.path.parent()?.join(file),
        };
        if !path.exists() {
            return Some("there is no such file");
        }
        let known = anchor.is_empty() || Self::read(&path).anchors().contains(anchor);
        (!known).then_some("there is no such heading")
    }
}

fn documents(folder: &str) -> Vec<Document> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = fs::read_dir(folder).expect("the folder exists").flatten();
    let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    let is_document = |path: &&PathBuf| path.extension().is_some_and(|end| end == "md");
    let documents = paths.iter().filter(is_document);
    documents.map(|path| Document::read(path)).collect()
}

#[test]
fn every_link_between_documents_leads_to_a_file_and_a_heading() {
    let folders = [
        ".",
        "docs",
        "benches",
        "retry-core",
        "retry-reqwest",
        "retry-tonic",
    ];
    let mut links = 0;
    let mut faults = Vec::new();
    for document in folders.into_iter().flat_map(documents) {
        if document.path.ends_with("docs/links.md") {
            continue;
        }
        for target in document.targets() {
            links += 1;
            if let Some(fault) = document.fault(target) {
                faults.push(format!("{}: {target}: {fault}", document.path.display()));
            }
        }
    }
    assert!(links > 100, "{links} links were found");
    assert!(faults.is_empty(), "{faults:#?}");
}

/// A label that only one of the two places knows is a broken link in the other one.
#[test]
fn every_link_of_a_page_is_defined_for_the_repository_and_for_rustdoc() {
    let pages = documents("docs");
    let links = pages.iter().find(|page| page.path.ends_with("links.md"));
    let items = links.expect("the file exists").definitions();
    let items: BTreeSet<_> = items.map(|(label, _)| label).collect();
    for page in pages.iter().filter(|page| !page.path.ends_with("links.md")) {
        let defined: BTreeSet<_> = page.definitions().map(|(label, _)| label).collect();
        let labels: BTreeSet<_> = page.between("][", ']').collect();
        let path = page.path.display();
        assert_eq!(labels, defined, "{path}");
        let missing: Vec<_> = defined.difference(&items).collect();
        assert!(
            missing.is_empty(),
            "{path}: {missing:?} are not in docs/links.md"
        );
    }
}

#[test]
fn getting_started_lists_every_page() {
    let pages = [documents("docs"), documents("docs/http")];
    let pages: Vec<_> = pages.into_iter().flatten().collect();
    let path = |page: &Document| page.path.canonicalize().expect("the page exists");
    let first = pages
        .iter()
        .find(|page| page.path.ends_with("getting-started.md"));
    let first = first.expect("the page exists");
    let folder = first.path.parent().expect("it is in a folder");
    let files = first
        .targets()
        .map(|target| target.split('#').next().unwrap_or(target));
    let listed: BTreeSet<_> = files
        .filter_map(|file| folder.join(file).canonicalize().ok())
        .collect();
    // One is for rustdoc, and one is a part of the documentation of `http`.
    let apart = ["getting-started.md", "links.md", "failures.md"];
    let missing: Vec<_> = pages
        .iter()
        .filter(|page| !apart.iter().any(|name| page.path.ends_with(name)))
        .map(path)
        .filter(|page| !listed.contains(page))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}
