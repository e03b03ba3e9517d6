//! What mulu is compared with: a server of finished files, and a database that copies rows.

use std::{
    io::ErrorKind,
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};

use crate::{
    servers::Url,
    transfer::{Seen, drain},
};

/// nginx, which ends with this value.
pub struct Nginx {
    child: Child,
    pub address: SocketAddr,
}

impl Nginx {
    /// One that serves the files of a folder; `None` where there is no nginx.
    pub fn start(program: &Path, folder: &Path) -> Result<Option<Self>> {
        // Free when it is looked for.
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let at = folder.display();
        let settings = format!(
            "daemon off; worker_processes 1; pid {at}/nginx.pid; error_log stderr warn; events {{}} \
             http {{ access_log off; sendfile on; tcp_nopush on; client_body_temp_path {at}/nginx-body; \
             proxy_temp_path {at}/nginx-proxy; fastcgi_temp_path {at}/nginx-fastcgi; uwsgi_temp_path {at}/nginx-uwsgi; \
             scgi_temp_path {at}/nginx-scgi; server {{ listen {address}; root {at}; }} }}"
        );
        let file = folder.join("nginx.conf");
        // Run by root, it would have others read the files who may not.
        let user = if is_root() { "user root; " } else { "" };
        std::fs::write(&file, format!("{user}{settings}\n"))?;
        let child = match Command::new(program)
            .args(["-e", "stderr", "-c"])
            .arg(&file)
            .stdin(Stdio::null())
            .spawn()
        {
            Ok(child) => child,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let nginx = Self { child, address };
        let begun = Instant::now();
        while TcpStream::connect(address).is_err() {
            ensure!(begun.elapsed() < Duration::from_secs(10), "nginx is not heard");
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(Some(nginx))
    }
}

impl Drop for Nginx {
    /// It ends its workers, which a kill would leave behind.
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

fn is_root() -> bool {
    std::env::var("USER").is_ok_and(|name| name == "root")
        || std::fs::read_to_string("/proc/self/status")
            .is_ok_and(|status| status.lines().any(|line| line.starts_with("Uid:\t0\t")))
}

/// The rows of the canonical form as PostgreSQL copies them to its client, which passes them on.
pub fn copy(database: &Url) -> Result<Seen> {
    let rows = "SELECT e.catalogue, e.number, e.position, e.item, convert_from(c.bytes, 'UTF8'), convert_from(l.bytes, 'UTF8')
        FROM entry e JOIN object c ON c.digest = e.content JOIN object l ON l.digest = e.local
        ORDER BY e.catalogue, e.number, e.position";
    let begun = Instant::now();
    let mut child = Command::new("psql")
        .args([&database.0, "-X", "-c", &format!("COPY ({rows}) TO STDOUT (FORMAT csv)")])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .context("psql is not here")?;
    let seen = drain(child.stdout.take().context("its output")?, begun)?;
    if !child.wait()?.success() {
        bail!("psql failed");
    }
    Ok(seen)
}
