# Sourced by tests/with-postgres and tests/install-deps.

# Prints the directory that holds both initdb and pg_ctl: the one on PATH, else Debian's newest.
postgres_bin() {
  local dir
  if dir=$(command -v initdb); then
    dir=$(dirname "$(readlink -f "$dir")")
    if [[ -x $dir/pg_ctl ]]; then echo "$dir"; return; fi
  fi
  # Sorted by version, so that 17 comes after 9.6.
  for dir in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV); do
    if [[ -x $dir/initdb && -x $dir/pg_ctl ]]; then echo "$dir"; return; fi
  done
  return 1
}
