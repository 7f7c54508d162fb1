//! Where one run of the application keeps its files.

use std::hash::{DefaultHasher, Hash, Hasher};

use dinghy_api::Dirs;
use dinghy_model::Problem;

use crate::args::Args;
use crate::demo::DemoFolders;
use crate::shell::system_lang;

/// Where this run keeps its files.
#[derive(Debug)]
pub struct Places {
    /// Settings, rules, database, log.
    pub dirs: Dirs,
    /// While the demo runs: throw-away folders, gone at the end.
    pub(crate) demo: Option<DemoFolders>,
}

impl Places {
    /// Finds and creates the folders. Fails when one cannot be created.
    pub fn prepare(args: &Args) -> Result<Self, Problem> {
        let dirs = Dirs::resolve(args.config_dir.clone(), args.data_dir.clone())?;
        if args.demo || (args.or_demo && !dinghy_api::has_servers(&dirs)) {
            // Who has chosen a language reads the demo in it too.
            let demo = DemoFolders::create(dinghy_api::language(&dirs, system_lang()))?;
            return Ok(Self { dirs: demo.dirs(), demo: Some(demo) });
        }
        dirs.create()?;
        Ok(Self { dirs, demo: None })
    }

    /// One instance for each data folder: a second start on it shows the first one's window. `None` for a
    /// demo, of which there may be many. Also a valid D-Bus name.
    pub fn instance_id(&self) -> Option<String> {
        if self.demo.is_some() {
            return None;
        }
        let mut hasher = DefaultHasher::new();
        self.dirs.data.hash(&mut hasher);
        Some(format!("io.github.dinghy.desktop.d{:016x}", hasher.finish()))
    }
}
