//! The program: arguments in, exit status out.

fn main() -> std::process::ExitCode {
    maas::cli::main()
}
