//! From process start to the first answer.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::bail;

use crate::children::{Running, fresh_folder, keyward, this_program};
use crate::figures::median;

const ROUNDS: usize = 15;

pub(crate) fn run() -> anyhow::Result<()> {
    let folder = fresh_folder("start")?;
    let (mut bare, mut in_memory, mut on_disk) = (Vec::new(), Vec::new(), Vec::new());
    let made = keyward()?
        .arg("init")
        .arg("--data")
        .arg(folder.join("data"))
        .output()?;
    anyhow::ensure!(made.status.success(), "init failed");
    for _ in 0..ROUNDS {
        // The bare server picks its port and says so: its first answer follows upon that line.
        let begun = Instant::now();
        let running = Running::start(this_program()?.args(["bare-server", "10"]))?;
        first_answer(running.address, begun)?;
        bare.push(milliseconds(begun));
        drop(running);
        let address = free_address()?;
        in_memory.push(time(
            keyward()?.args(["dev", "--listen", &address.to_string()]),
            address,
        )?);
        let address = free_address()?;
        on_disk.push(time(
            keyward()?
                .args(["serve", "--listen", &address.to_string(), "--data"])
                .arg(folder.join("data")),
            address,
        )?);
    }
    println!("\nFrom process start to the first answer, empty store, median of {ROUNDS}");
    println!("bare server          {:>6.1} ms", median(&bare));
    for (what, times) in [
        ("keyward dev, memory", &in_memory),
        ("keyward serve, disk", &on_disk),
    ] {
        println!(
            "{what:<20} {:>6.1} ms   {:.1} times the bare server's   must 40 ms, aim 5 times",
            median(times),
            median(times) / median(&bare)
        );
    }
    Ok(())
}

fn time(command: &mut Command, address: SocketAddr) -> anyhow::Result<f64> {
    let begun = Instant::now();
    let mut child = command.stdout(Stdio::null()).spawn()?;
    let answered = first_answer(address, begun);
    let elapsed = milliseconds(begun);
    child.kill()?;
    child.wait()?;
    answered.map(|()| elapsed)
}

/// Asks again and again until an answer comes.
fn first_answer(address: SocketAddr, begun: Instant) -> anyhow::Result<()> {
    while begun.elapsed() < Duration::from_secs(10) {
        if let Ok(mut stream) = TcpStream::connect(address) {
            let request = "GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
            stream.write_all(request.as_bytes())?;
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer)?;
            if answer.starts_with(b"HTTP/1.1 200") {
                return Ok(());
            }
        }
        std::thread::sleep(Duration::from_micros(200));
    }
    bail!("no answer within 10 s")
}

fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

fn milliseconds(begun: Instant) -> f64 {
    begun.elapsed().as_secs_f64() * 1e3
}
