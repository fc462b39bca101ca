//! A node of the built program in a folder of its own, and the program with nothing of the tester's surroundings.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command};

/// The program, without what the tester's shell says to it.
pub fn clean() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chapar"));
    for name in std::env::vars()
        .map(|(name, _)| name)
        .filter(|name| name.starts_with("CHAPAR_"))
    {
        command.env_remove(name);
    }
    command
}

/// A node that ends with the test, however that ends, and its folder with it.
pub struct Node {
    pub folder: PathBuf,
    /// Address of its private listener.
    pub api: String,
    pub child: Child,
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Node {
    /// Starts one on free ports; `more` is the rest of its configuration, `set` says where its output goes.
    pub fn spawn(name: &str, more: &str, set: impl FnOnce(&mut Command)) -> Self {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
        // Left by an earlier process of this number.
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let [public, private] = free_ports();
        let config = format!(
            "public_url = \"http://127.0.0.1:{public}\"\n[public]\nlisten = \"127.0.0.1:{public}\"\n\
             [private]\nlisten = \"127.0.0.1:{private}\"\n{more}"
        );
        std::fs::write(folder.join("chapar.toml"), config).unwrap();
        let mut command = clean();
        command.arg("serve").arg("--config").arg(folder.join("chapar.toml"));
        set(&mut command);
        Self {
            child: command.spawn().unwrap(),
            api: format!("http://127.0.0.1:{private}"),
            folder,
        }
    }

    /// The key of its operator, once it serves.
    pub fn operator_key(&self) -> String {
        let key = std::fs::read_to_string(self.folder.join("data/operator.key")).unwrap();
        key.trim().to_owned()
    }
}

fn free_ports() -> [u16; 2] {
    let listeners = [(); 2].map(|()| TcpListener::bind(("127.0.0.1", 0)).unwrap());
    listeners.map(|listener| listener.local_addr().unwrap().port())
}
