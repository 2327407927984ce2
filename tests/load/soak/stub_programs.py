"""Scripts that replace programs on a `Machine`, because a test can't or mustn't run the real ones.

Each is found first in PATH. `noted` appends the command line to the file $NOTED and does nothing.
Names in braces are replaced by paths of real programs.
"""

STAND_INS = {
    "noted": """printf '%s\\n' "$*" >> "$NOTED" """,
    "python": """
case "$*" in
    "-m venv "* | *"manage.py prove_ephemeral"*) exec noted python "$@" ;;
    *"manage.py runserver") exec python "$@" "localhost:$PORT" --noreload ;;
    *"manage.py runserver"* | *"manage.py serve"*)
        exec {python} -m tests.support.wait {python} "$@" ;;
esac
exec {python} "$@" """,
    "uvicorn": 'exec {python} -m tests.support.wait {python} -m uvicorn "$@"',
    # There is no package index, so the requirements must be what the tests already run with.
    "pip": (
        'exec {python} -m pip "$@" --dry-run --no-deps --no-index --quiet '
        "--disable-pip-version-check"
    ),
    "make": """
case "$1 ${{2-}}" in
    "run "* | "help "* | "format "* | "test ARGS=tests/"*) exec {make} "$@" ;;
esac
noted make "$@"
exec {make} --dry-run "$@" > /dev/null""",
    "git": 'if [ "$1" = pull ]; then exec noted git "$@"; fi; exec {git} "$@"',
    **{
        name: f'exec noted {name} "$@"' for name in ("curl", "docker", "nginx", "sudo", "systemctl")
    },
    # Commands for `before` notes in documents.
    "make_repository": (
        "{git} init --quiet && {git} add --all && {git} commit --quiet --message Here"
    ),
    "fill_in": (
        'if ! [ -e "$1" ]; then install -D deploy/production.env.example "$1"; fi; sed '
        '--in-place "{fill}" "$1"'
    ),
}
