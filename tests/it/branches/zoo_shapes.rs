//! The zoo, second part: repositories of every shape, and broken ones. Not for the rules themselves.

use super::zoo::Case;

/// Shapes that libgit2 reads.
pub const SHAPES: &[Case] = &[
    ("linked", "@flow\ngit worktree add -q ../w -b fix/y-0208 dev\nlook w", "dirty=0"),
    (
        "linked-dirty",
        "@flow\ngit worktree add -q ../w -b fix/y-0208 dev\nin w\nfiles 50 f\nlook w",
        "dirty-red:red",
    ),
    ("linked-detached", "@flow\ngit worktree add -q --detach ../w dev\nlook w", "detached:amber"),
    (
        "linked-of-bare",
        "in b\ngit init -q --bare .\nin s\ngit init -q .\ncommit chore: init\ngit push -q ../b main\nin b\ngit worktree add -q ../w -b fix/y-0208 main\nlook w",
        "",
    ),
    (
        "linked-rebase",
        "@flow\n@conflict\ngit worktree add -q ../w -b fix/y-0208 feature/x-0208\nin w\ntry git rebase -q dev\nlook w",
        "in-progress:amber",
    ),
    ("subfolder", "@flow\nfile a/b/c x\nlook r/a/b", "dirty=1"),
    ("inside-git-folder", "@flow\nlook r/.git/objects", "dirty=0 nogit"),
    (
        "separate-git-folder",
        "in r\ngit init -q -b fix/y-0208 --separate-git-dir ../g .\ncommit fix: y",
        "dirty=0",
    ),
    ("linked-git-folder", "@flow\nin .\ngit init -q -b fix/y-0208 e\nin .\nlink ../r/.git e/x\nlook r", ""),
    ("bare", "in r\ngit init -q --bare .", "nogit"),
    ("bare-with-history", "@flow\nin .\ngit clone -q --bare r b\nlook b", "nogit"),
    ("bare-in-dot-git", "@flow\nin p\ngit clone -q --bare ../r .git\nlook p", "nogit"),
    (
        "submodule",
        "@flow\nin s\ngit init -q .\ncommit chore: init\nin r\ngit -c protocol.file.allow=always submodule --quiet add ../s sub\ngit commit -q -m \"feat: sub\"\ngit -C sub checkout -q --detach\nlook r/sub",
        "detached:note dirty=0",
    ),
    (
        "submodule-on-branch",
        "@flow\nin s\ngit init -q .\ncommit chore: init\nin r\ngit -c protocol.file.allow=always submodule --quiet add ../s sub\ngit commit -q -m \"feat: sub\"\ngit -C sub switch -q -c fix/y-0208\nlook r/sub",
        "",
    ),
    (
        "superproject-clean",
        "@flow\nin s\ngit init -q .\ncommit chore: init\nin r\ngit -c protocol.file.allow=always submodule --quiet add ../s sub\ngit commit -q -m \"feat: sub\"",
        "dirty=0",
    ),
    (
        "superproject-dirty-sub",
        "@flow\nin s\ngit init -q .\ncommit chore: init\nin r\ngit -c protocol.file.allow=always submodule --quiet add ../s sub\ngit commit -q -m \"feat: sub\"\nfile sub/new x",
        "dirty=1",
    ),
    (
        "superproject-moved-sub",
        "@flow\nin s\ngit init -q .\ncommit chore: init\nin r\ngit -c protocol.file.allow=always submodule --quiet add ../s sub\ngit commit -q -m \"feat: sub\"\nin r/sub\ncommit feat: there\nlook r",
        "dirty=1",
    ),
    ("nested-repository", "@flow\nin r/nested\ngit init -q .\ncommit chore: n\nlook r", "dirty=1"),
    ("nested-empty-repository", "@flow\nin r/nested\ngit init -q .\nfile a x\nlook r", "dirty=1"),
    ("shallow", "@flow\nin .\ngit clone -q --depth 1 --no-local file://{}/r c\nin c\nlook c", "unknown:note"),
    (
        "shallow-own-work",
        "@flow\ncommit bad old\nin .\ngit clone -q --depth 1 --no-local file://{}/r c\nin c\ncommit feat: new\nlook c",
        "unknown:note unpushed:note",
    ),
    (
        "sparse",
        "@flow\nfile a/f x\nfile b/f x\ngit add .\ngit commit -q -m \"feat: ab\"\ngit sparse-checkout set --no-cone a",
        "dirty=0",
    ),
    (
        "sparse-cone",
        "@flow\nfile a/f x\nfile b/f x\ngit add .\ngit commit -q -m \"feat: ab\"\ngit sparse-checkout set a\nfile a/g y",
        "dirty=1",
    ),
    (
        "index-v4",
        "@flow\nfiles 30 f\ngit add .\ngit commit -q -m \"feat: f\"\ngit update-index --index-version 4\nfile f1 changed",
        "dirty=1",
    ),
    ("packed", "@flow\ngit pack-refs --all\ngit gc -q", "dirty=0"),
    ("alternates", "@flow\nin .\ngit clone -q -s r c\nin c\nlook c", ""),
    ("old-style-head-link", "@flow\nrm .git/HEAD\nlink refs/heads/feature/x-0208 .git/HEAD", "dirty=0"),
    (
        "relative-worktrees",
        "@flow\ngit -c worktree.useRelativePaths=true worktree add -q ../w -b fix/y-0208 dev\nlook w",
        "",
    ),
    (
        "worktree-config",
        "@flow\ngit config extensions.worktreeConfig true\ngit config --worktree core.sparseCheckout false",
        "dirty=0",
    ),
    (
        "rename-staged",
        "@flow\nfile a one\\ntwo\\nthree\ngit add .\ngit commit -q -m \"feat: a\"\ngit mv a b",
        "dirty=1",
    ),
    ("deleted", "@flow\nrm work.txt", "dirty=1"),
    ("staged-and-changed", "@flow\nfile work.txt a\ngit add .\nfile work.txt b", "dirty=1"),
    ("intent-to-add", "@flow\nfile n x\ngit add -N n", "dirty=1"),
    (
        "mode",
        "@flow\nexec work2 x\ngit add .\ngit commit -q -m \"feat: m\"\nfile work2 x\ngit update-index --chmod=-x work2",
        "dirty=1 nogit",
    ),
    ("type-change", "@flow\nrm work.txt\nlink /dev/null work.txt", "dirty=1"),
    ("dangling-link", "@flow\nlink nowhere l", "dirty=1"),
    ("empty-folders", "@flow\nmkdir a/b/c", "dirty=0"),
    ("assume-unchanged", "@flow\ngit update-index --assume-unchanged work.txt\nfile work.txt z", "dirty=0"),
    ("exclude-file", "@flow\nfile .git/info/exclude *.log\nfiles 60 x.log", "dirty-red:red"),
    ("exclude-file-2", "@flow\nfile .git/info/exclude *.log\nfile a.log x", "dirty=0"),
    (
        "crlf",
        "@flow\nfile .gitattributes *.txt text eol=crlf\ngit add .\ngit commit -q -m \"feat: eol\"\nfile work.txt x\\n",
        "dirty=1",
    ),
    ("touched", "@flow\nfile a same\ngit add a\ngit commit -q -m \"feat: a\"\nrm a\nfile a same", "dirty=0"),
    ("lfs-clean", "@flow\n@lfs\nfile big.bin hello", "dirty=0"),
    ("lfs-changed", "@flow\n@lfs\nfile big.bin hellx", "dirty=1 nogit"),
    ("lfs-changed-size", "@flow\n@lfs\nfile big.bin hello you", "dirty=1 nogit"),
    (
        "other-filter",
        "@flow\n@lfs\nfile .gitattributes *.bin filter=other\ngit commit -q -am \"feat: other\"\nfile big.bin hello",
        "unknown:note dirty=0 nogit",
    ),
    ("names-with-escapes", "@flow\nfile a\\nb x\nfile \\e[31mred x\nfile tab x", "dirty=3 nogit"),
    ("branch-of-odd-letters", "@flow\ngit branch -m feature/größe-0208", ""),
    ("branch-with-bidi", "@flow\ngit branch -m feature/a\u{202e}b-0208", "branch-name:amber nogit"),
    ("subject-with-escapes", "@flow\ncommit \\e]0;owned\\e[2J", "commit-subject:amber"),
    (
        "upstream-is-local",
        "@flow\ngit switch -q -c fix/y-0208\ngit branch -q --set-upstream-to=feature/x-0208\ncommit fix: y",
        "unpushed:note",
    ),
    (
        "upstream-of-unknown-remote",
        "@flow\ngit config branch.feature/x-0208.remote nowhere\ngit config branch.feature/x-0208.merge refs/heads/x",
        "",
    ),
    ("remote-never-fetched", "@flow\ngit remote add origin ../nowhere", "unpushed:note"),
    ("head-on-odd-ref", "@flow\ngit symbolic-ref HEAD refs/odd/x", "branch-name:amber nogit"),
    ("orphan", "@flow\ngit switch -q --orphan fix/new-0208", ""),
    ("many-branches", "@flow\n@many", ""),
];

/// Shapes that only the git program reads.
pub const PROGRAM: &[Case] = &[
    (
        "reftable",
        "in r\ngit init -q --ref-format=reftable .\ncommit chore: init\ngit branch dev\ngit switch -q -c feature/x-0208\ncommit feat: work",
        "dirty=0",
    ),
    (
        "reftable-broken-rules",
        "in r\ngit init -q --ref-format=reftable .\ncommit chore: init\ncommit fix: direct\ngit switch -q -c feature/x-0231\ncommit bad\nfiles 50 new/f",
        "branch-name:amber dirty-red:red commit-subject:amber direct-commit:amber dirty=50",
    ),
    (
        "reftable-detached",
        "in r\ngit init -q --ref-format=reftable .\ncommit chore: init\ngit checkout -q --detach",
        "detached:amber",
    ),
    ("reftable-unborn", "in r\ngit init -q --ref-format=reftable -b fix/y-0208 .", "dirty=0"),
    (
        "reftable-upstream",
        "in r\ngit init -q --ref-format=reftable .\ncommit chore: init\ngit switch -q -c feature/x-0208\ncommit feat: work\n@remote2\ngit push -q -u origin feature/x-0208\ncommit feat: b\ncommit feat: c",
        "unpushed:note",
    ),
    (
        "reftable-cherry-pick",
        "in r\ngit init -q --ref-format=reftable .\ncommit chore: init\ngit branch dev\ngit switch -q -c feature/x-0208\ncommit feat: work\n@conflict\ntry git cherry-pick dev",
        "in-progress:amber dirty=1",
    ),
    (
        "reftable-worktree",
        "in r\ngit init -q --ref-format=reftable .\ncommit chore: init\ngit worktree add -q ../w -b fix/y-0208\nlook w",
        "",
    ),
    ("reftable-bare", "in r\ngit init -q --bare --ref-format=reftable .", "nogit"),
    (
        "sha256",
        "in r\ngit init -q --object-format=sha256 .\ncommit chore: init\ngit branch dev\ngit switch -q -c feature/x-0208\ncommit bad\nfile n x",
        "commit-subject:amber dirty=1",
    ),
    (
        "partial-clone",
        "@flow\ngit config uploadpack.allowFilter true\nin .\ngit clone -q --filter=blob:none --no-local file://{}/r c\nin c\nfile n x\nlook c",
        "dirty=1",
    ),
    (
        "split-index",
        "@flow\nfiles 30 f\ngit add .\ngit commit -q -m \"feat: f\"\ngit update-index --split-index\nfile f1 changed",
        "unknown:amber dirty=null nogit",
    ),
    (
        "sparse-index",
        "@flow\nfile a/f x\nfile b/c/f x\nfile b/d/f x\ngit add .\ngit commit -q -m \"feat: ab\"\ngit sparse-checkout set --cone --sparse-index a\nfile a/n x",
        "dirty=1",
    ),
];

/// What cannot be judged: a red `unknown`, or nothing but a line.
pub const DAMAGED: &[Case] = &[
    ("head-garbage", "@flow\nfile .git/HEAD garbage", "unknown:red nogit"),
    ("head-empty", "@flow\nfile .git/HEAD", "unknown:red nogit"),
    ("head-missing", "@flow\nrm .git/HEAD", "unknown:red nogit"),
    ("head-folder", "@flow\nrm .git/HEAD\nmkdir .git/HEAD", "unknown:red nogit"),
    ("head-pipe", "@flow\nrm .git/HEAD\nfifo .git/HEAD", "unknown:red nogit"),
    ("index-pipe", "@flow\nrm .git/index\nfifo .git/index", "unknown:red nogit"),
    ("ignore-pipe-deep", "@flow\nmkdir d\nfifo d/.gitignore", "dirty=null unknown:amber nogit"),
    ("branch-garbage", "@flow\nfile .git/refs/heads/feature/x-0208 garbage", "unknown:red nogit"),
    (
        "branch-missing-object",
        "@flow\nfile .git/refs/heads/feature/x-0208 1111111111111111111111111111111111111111",
        "unknown:red nogit",
    ),
    ("other-branch-garbage", "@flow\nfile .git/refs/heads/broken garbage", "nogit"),
    ("config-garbage", "@flow\nfile .git/config [core", "unknown:red nogit"),
    ("config-unknown-version", "@flow\ngit config core.repositoryFormatVersion 9", "unknown:red nogit"),
    (
        "config-unknown-extension",
        "@flow\ngit config core.repositoryFormatVersion 1\ngit config extensions.nonsense true",
        "unknown:red nogit",
    ),
    ("index-garbage", "@flow\nfile .git/index garbage", "unknown:amber dirty=null nogit"),
    ("no-objects", "@flow\nrm .git/objects", "unknown:red nogit"),
    ("git-file-to-nowhere", "in r\nfile .git gitdir: ../nowhere", "unknown:red nogit"),
    ("git-file-garbage", "in r\nfile .git what is this", "unknown:red nogit"),
    ("work-tree-elsewhere", "@flow\ngit config core.worktree /", "unknown:red nogit"),
    (
        "linked-orphaned",
        "@flow\ngit worktree add -q ../w -b fix/y-0208 dev\nrm .git/worktrees/w\nlook w",
        "unknown:red nogit",
    ),
];
