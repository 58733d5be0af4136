//! The program: arguments in, exit status out.

// A plan is made of very many small documents.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    maas::cli::main()
}
