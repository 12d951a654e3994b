#!/bin/sh
# What the tests need of the machine besides Python: a browser in Chinese, a Chinese font, nginx to read our sample of its settings.
# Installed where we may (root on a Debian); elsewhere one sentence says what is missing, and the command fails.
set -eu

missing=""
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || missing="$missing chromium chromium-l10n"
{ fc-list :lang=zh 2>/dev/null; find /usr/share/fonts -iname '*cjk*' 2>/dev/null; } | grep -q . || missing="$missing fonts-noto-cjk"
command -v nginx >/dev/null || [ -x /usr/sbin/nginx ] || missing="$missing nginx-light"
command -v systemd-analyze >/dev/null || missing="$missing systemd"
[ -z "$missing" ] && exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  apt-get update -q
  # shellcheck disable=SC2086  # a list of packages
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing
else
  echo "The tests need these packages of Debian (or what is called so on your system):$missing" >&2
  exit 1
fi
