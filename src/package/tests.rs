use std::fs;
use std::future::pending;
use std::io::{Cursor, Write};
use std::path::Path;

use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use super::*;

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn add(folder: &Path, path: &str) -> Result<Package, PackageError> {
    Packages::new(folder).add(path)
}

fn digest(files: &[(&str, &str)]) -> String {
    add(folder(files).path(), "").unwrap().digest
}

fn zip(files: &[(&str, &str, Option<u32>)]) -> tempfile::TempDir {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text, mode) in files {
        let options = SimpleFileOptions::default();
        match mode {
            Some(mode) if mode & 0o170_000 == 0o120_000 => {
                writer.add_symlink(*name, *text, options).unwrap();
            }
            mode => {
                let options = options.unix_permissions(mode.unwrap_or(0o640));
                writer.start_file(*name, options).unwrap();
                writer.write_all(text.as_bytes()).unwrap();
            }
        }
    }
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("code.zip"), writer.finish().unwrap().into_inner()).unwrap();
    folder
}

const LINK: Option<u32> = Some(0o120_777);

#[test]
fn a_digest_follows_names_and_contents_and_nothing_that_is_ignored() {
    let base = [("index.py", "a"), ("lib/b.py", "b")];
    let with = |more: (&'static str, &'static str)| digest(&[base[0], base[1], more]);
    assert_eq!(digest(&base), with(("__pycache__/index.pyc", "x")));
    assert_eq!(digest(&base), with((".git/config", "x")));
    assert_ne!(digest(&base), with(("c.py", "")));
    assert_ne!(digest(&base), digest(&[("index.py", "a"), ("lib/c.py", "b")]));
    assert_ne!(digest(&[("a", "bc")]), digest(&[("ab", "c")]));
}

#[test]
fn of_a_mode_only_the_executable_bit_counts() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder(&[("bootstrap", "#!/bin/sh")]);
    let with = |mode| {
        let permissions = fs::Permissions::from_mode(mode);
        fs::set_permissions(folder.path().join("bootstrap"), permissions).unwrap();
        add(folder.path(), "").unwrap().digest
    };
    assert_eq!(with(0o600), with(0o664));
    assert_eq!(with(0o700), with(0o755));
    assert_ne!(with(0o600), with(0o700));
}

#[test]
fn a_directory_and_its_zip_are_the_same_package_with_the_same_archive() {
    let files = [("index.py", "print(1)\n"), ("lib/b.py", "b")];
    let directory = folder(&files);
    let zipped = zip(&[("lib/b.py", "b", None), ("./index.py", "print(1)\n", None)]);
    let (one, other) = (Packages::new(directory.path()), Packages::new(zipped.path()));
    let digest = one.add("").unwrap().digest;
    assert_eq!(digest, other.add("code.zip").unwrap().digest);
    let archive = one.archive(&digest).unwrap();
    assert_eq!(archive, other.archive(&digest).unwrap());

    let mut read = ZipArchive::new(Cursor::new(archive)).unwrap();
    let names: Vec<String> = read.file_names().map(|name| name.unwrap().into_owned()).collect();
    assert_eq!(names, ["index.py", "lib/b.py"]);
    let file = read.by_index(0).unwrap();
    assert_eq!(file.unix_mode().unwrap() & 0o777, 0o644);
    assert_eq!(file.last_modified().unwrap().to_string(), "1980-01-01 00:00:00");
}

#[test]
fn a_file_is_a_package_of_itself() {
    let folder = folder(&[("one.py", "1"), ("two.py", "2")]);
    assert_eq!(*add(folder.path(), "one.py").unwrap().files, ["one.py".to_owned()]);
}

#[test]
fn code_that_changed_after_the_plan_is_refused() {
    let folder = folder(&[("index.py", "1")]);
    let packages = Packages::new(folder.path());
    let digest = packages.add("").unwrap().digest;
    fs::write(folder.path().join("index.py"), "2").unwrap();
    assert!(packages.archive(&digest).unwrap_err().contains("changed after the plan"));
}

#[test]
fn refuses_what_is_missing_or_empty() {
    let folder = folder(&[("empty/__pycache__/a.pyc", "")]);
    assert_eq!(add(folder.path(), "gone").unwrap_err().wrong, Wrong::Missing);
    assert_eq!(add(folder.path(), "empty").unwrap_err().wrong, Wrong::Empty);
}

#[test]
fn refuses_more_than_lambda_unpacks_without_reading_it() {
    let folder = folder(&[("index.py", "1")]);
    fs::File::create(folder.path().join("large")).unwrap().set_len(LARGEST).unwrap();
    let error = add(folder.path(), "").unwrap_err();
    assert_eq!(error.wrong, Wrong::TooLarge(LARGEST + 1));
}

#[test]
fn links_are_followed_inside_the_directory_and_refused_outside() {
    use std::os::unix::fs::symlink;
    let code = folder(&[("lib/a.py", "a")]);
    symlink("lib/a.py", code.path().join("b.py")).unwrap();
    let package = add(code.path(), "").unwrap();
    assert_eq!(*package.files, ["b.py".to_owned(), "lib/a.py".to_owned()]);
    for target in ["/etc/hostname", "..", "nowhere", "."] {
        let link = code.path().join("link");
        symlink(target, &link).unwrap();
        assert_eq!(add(code.path(), "").unwrap_err().wrong, Wrong::Link, "{target}");
        fs::remove_file(link).unwrap();
    }
}

#[test]
fn refuses_archives_that_are_unsafe() {
    for name in ["../a.py", "/etc/passwd", "a/../../b", "C:\\a.py", "a\\b.py"] {
        let error = add(zip(&[(name, "", None)]).path(), "code.zip").unwrap_err();
        assert_eq!(error.wrong, Wrong::UnsafeName(name.to_owned()));
    }
    let both = zip(&[("a", "", None), ("a/b", "", None)]);
    assert_eq!(add(both.path(), "code.zip").unwrap_err().wrong, Wrong::SameName("a".to_owned()));
    let same = zip(&[("./a", "", None), ("a", "", None)]);
    assert_eq!(add(same.path(), "code.zip").unwrap_err().wrong, Wrong::SameName("a".to_owned()));
    let twice = zip(&[("a1", "", None), ("a2", "", None)]);
    let bytes = fs::read(twice.path().join("code.zip")).unwrap();
    let bytes: Vec<u8> =
        bytes.iter().map(|byte| if *byte == b'2' { b'1' } else { *byte }).collect();
    fs::write(twice.path().join("code.zip"), bytes).unwrap();
    assert_eq!(add(twice.path(), "code.zip").unwrap_err().wrong, Wrong::NameTwice);
    let none = folder(&[("code.zip", "no zip")]);
    assert!(matches!(add(none.path(), "code.zip").unwrap_err().wrong, Wrong::NotAnArchive(_)));
}

#[test]
fn an_archives_links_are_followed_inside_it_only() {
    let good = zip(&[("lib/a.py", "a", None), ("bin/b.py", "../lib/a.py", LINK)]);
    assert_eq!(add(good.path(), "code.zip").unwrap().files.len(), 2);
    for target in ["/etc/passwd", "../../a.py", "nothing", "b.py"] {
        let bad = zip(&[("lib/a.py", "a", None), ("bin/b.py", target, LINK)]);
        let wrong = add(bad.path(), "code.zip").unwrap_err().wrong;
        assert_eq!(wrong, Wrong::ArchiveLink("bin/b.py".to_owned()), "{target}");
    }
}

#[test]
fn an_archives_links_share_what_they_lead_to() {
    let links = zip(&[("a", "text", None), ("b", "a", LINK)]);
    let entries = super::zipped::of_archive(&links.path().join("code.zip")).unwrap();
    let bytes = |name: &str| match &entries[name].contents {
        super::entries::Contents::Bytes(bytes) => bytes.as_ptr(),
        other => panic!("{other:?}"),
    };
    assert_eq!(bytes("a"), bytes("b"));
}

#[test]
fn what_an_archive_becomes_is_counted_while_it_is_unpacked() {
    // Half a gigabyte in a few kilobytes: one file, and what refers to it again and again.
    let zeros = "\0".repeat(1 << 20);
    let names: Vec<String> = (0..512).map(|at| format!("link{at}")).collect();
    let mut files = vec![("zeros", zeros.as_str(), None)];
    files.extend(names.iter().map(|name| (name.as_str(), "zeros", LINK)));
    let bomb = zip(&files);
    let path = bomb.path().join("code.zip");
    assert!(fs::metadata(&path).unwrap().len() < 100_000);
    let error = super::zipped::of_archive(&path).unwrap_err();
    // The links themselves are files of five bytes each.
    assert_eq!(error.wrong, Wrong::TooLarge(LARGEST + 512 * 5));
}

#[test]
fn an_archives_own_word_on_its_sizes_is_not_taken() {
    let zeros = "\0".repeat(1 << 20);
    let archive = zip(&[("zeros", &zeros, None)]);
    let path = archive.path().join("code.zip");
    let mut bytes = fs::read(&path).unwrap();
    let told = (1_u32 << 20).to_le_bytes();
    let at: Vec<usize> =
        (0..bytes.len() - 4).filter(|at| bytes[*at..].starts_with(&told)).collect();
    assert_eq!(at.len(), 2, "in the file's own header and in the directory");
    at.iter().for_each(|at| bytes[*at..*at + 4].copy_from_slice(&1_u32.to_le_bytes()));
    fs::write(&path, bytes).unwrap();
    let wrong = add(archive.path(), "code.zip").unwrap_err().wrong;
    assert!(matches!(&wrong, Wrong::NotAnArchive(why) if why.contains("larger")), "{wrong:?}");
}

#[test]
fn a_handler_names_a_file_that_has_to_be_there() {
    let folder = folder(&[("index.mjs", ""), ("app/main.py", ""), ("deep/run.rb", "")]);
    let package = add(folder.path(), "").unwrap();
    let missing = |handler, runtime| missing_handler(&package, handler, runtime);
    assert_eq!(missing("index.handler", "nodejs22.x"), None);
    assert_eq!(missing("app/main.handler", "python3.12"), None);
    assert_eq!(missing("app.main.handler", "python3.12"), None);
    assert_eq!(missing("deep/run.App::Handler.process", "ruby3.4"), None);
    assert_eq!(missing("com.example.Handler::handle", "java21"), None);
    assert_eq!(missing("index.handler", "python3.12").unwrap()[0], "index.py");
    assert_eq!(missing("main.handler", "nodejs22.x").unwrap()[0], "main.js");
    assert_eq!(missing("any", "provided.al2023").unwrap(), ["bootstrap"]);
}

#[test]
fn only_archives_over_the_limit_need_a_bucket() {
    let zeros = "0".repeat(4_000);
    let random: String =
        (0..4_000_u32).map(|n| format!("{:x}", n.wrapping_mul(2_654_435_761))).collect();
    for (text, limit, needed) in
        [(&zeros, 3_000, false), (&random, 3_000, true), (&random, 99_999, false)]
    {
        let packages = Packages::with_limit("", limit);
        let package = packages.embedded(&[("index.py", text)]).unwrap();
        assert_eq!(packages.needs_bucket(&package).unwrap(), needed, "{limit}");
    }
    let packages = Packages::new("");
    let package = packages.embedded(&[("index.py", "1")]).unwrap();
    assert!(packages.archive(&package.digest).is_ok());
}

#[tokio::test]
async fn a_build_runs_in_the_codes_directory_and_tells_how_it_failed() {
    let folder = folder(&[("index.py", "1")]);
    let zip = folder.path().join("code.zip");
    build(folder.path(), "echo 2 > made.py", pending()).await.unwrap();
    build(&zip, "test -f made.py && touch code.zip", pending()).await.unwrap();
    let failing = "echo one; echo two >&2; exit 7";
    let error = build(folder.path(), failing, pending()).await.unwrap_err();
    assert_eq!(error.ended, "ended with status 7");
    assert_eq!(error.output, ["one", "two"]);
    assert!(error.to_string().starts_with("`echo one; echo two >&2; exit 7` in "));
}

/// A build with a part of its own process, which it waits for, is stopped as a whole; one that does
/// not listen too.
#[tokio::test]
async fn a_build_is_stopped_with_all_that_it_started() {
    for deaf in ["", "trap '' TERM; "] {
        let folder = folder(&[("index.py", "1")]);
        let pid = folder.path().join("pid");
        let part = format!("{deaf}echo $$ > pid.new; mv pid.new pid; while :; do sleep 0.1; done");
        let command = format!("{deaf}sh -c '{}'; echo over > over", part.replace('\'', "\""));
        let started = async {
            while !pid.exists() {
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            }
        };
        let built = build(folder.path(), &command, started).await.unwrap();
        assert_eq!(built, Built::Stopped, "{deaf}");
        let pid = fs::read_to_string(pid).unwrap();
        let lives = || {
            let mut asks = std::process::Command::new("sh");
            asks.args(["-c", "kill -0 \"$0\" 2>&-", pid.trim()]);
            asks.status().unwrap().success()
        };
        let until = std::time::Instant::now() + std::time::Duration::from_secs(5);
        while lives() && std::time::Instant::now() < until {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        assert!(!lives(), "{deaf}: {pid} goes on");
        assert!(!folder.path().join("over").exists(), "{deaf}");
    }
}
