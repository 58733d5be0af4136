//! The exit statuses: the whole of what a script has to know.

use std::process::ExitCode;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 0: done; or there was nothing to do.
    Done,
    /// 1: a fault of the program, of the machine, or of the way to AWS. Nothing says that running
    /// it again would help.
    Fault,
    /// 2: `plan --detailed-exitcode` and `drift`: there are changes.
    Changes,
    /// 3: the manifest or the command line is wrong; nothing was touched.
    Wrong,
    /// 4: some steps failed; what was done is recorded, and running again goes on from there.
    Failed,
    /// 5: another run holds the state.
    Busy,
    /// 1 as well: whoever was asked did not answer `yes`, so that nothing was touched.
    Declined,
    /// 130: stopped by a signal; recorded as for 4.
    Stopped,
}

impl Exit {
    /// The number that the system is told.
    pub fn status(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Fault | Self::Declined => 1,
            Self::Changes => 2,
            Self::Wrong => 3,
            Self::Failed => 4,
            Self::Busy => 5,
            Self::Stopped => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.status())
    }
}
