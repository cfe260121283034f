#!/bin/bash
# What the entrypoint of a Sindri image does at boot, as far as a provider or a person can tell.
set -e
# Also while it boots: a process 1 without it takes no notice, and the engine waits ten seconds.
trap 'exit 0' TERM INT

HOME_DIR="${ALT_HOME:-/alt/home/developer}"
WORKSPACE="${WORKSPACE:-$HOME_DIR/workspace}"
say() { echo "[entrypoint] $*"; }

# 1. The home on the volume.
touch "$HOME_DIR/.writable" 2>/dev/null || { say "$HOME_DIR is not writable" >&2; exit 1; }
rm "$HOME_DIR/.writable"
if [ ! -e "$HOME_DIR/.initialized" ]; then
  say 'preparing the home'
  cp -r /etc/skel/. "$HOME_DIR"
fi
mkdir -p "$HOME_DIR"/.sindri/{extensions,cache,state,logs,services} "$HOME_DIR/.ssh/host_keys" "$WORKSPACE"/{projects,config,scripts,bin}
chmod 700 "$HOME_DIR/.ssh" "$HOME_DIR/.ssh/host_keys"

# 2. What login shells see of the variables.
env | grep -E '^(SINDRI_|GIT_|MISE_|AUTHORIZED_KEYS=)|^[A-Za-z0-9_]*(_TOKEN|_API_KEY|_KEYS?|_SECRET|_PASSWORD|_PASS|_BASE_URL|_API_URL|_ENDPOINT)=' |
  while IFS='=' read -r name value; do printf 'export %s=%q\n' "$name" "$value"; done > /etc/profile.d/sindri-environment.sh || true
printf 'export WORKSPACE=%q\n' "$WORKSPACE" >> /etc/profile.d/sindri-environment.sh

# 3. Keys that may log in.
if [ -n "$AUTHORIZED_KEYS" ]; then
  printf '%s\n' "$AUTHORIZED_KEYS" > "$HOME_DIR/.ssh/authorized_keys"
  chmod 600 "$HOME_DIR/.ssh/authorized_keys"
else
  say 'AUTHORIZED_KEYS is not set: only keys that are on the volume can log in'
fi

# 4. Host keys: made once, kept on the volume.
if [ ! -e "$HOME_DIR/.ssh/host_keys/ssh_host_ed25519_key" ]; then
  ssh-keygen -q -t ed25519 -N '' -C sindri -f "$HOME_DIR/.ssh/host_keys/ssh_host_ed25519_key"
fi
cp "$HOME_DIR"/.ssh/host_keys/* /etc/ssh/
chmod 600 /etc/ssh/ssh_host_*_key

# 5. Who commits.
if [ -n "$GIT_USER_NAME" ] && ! [[ $GIT_USER_NAME =~ ^[A-Za-z0-9._\ -]+$ ]]; then
  say "GIT_USER_NAME has characters that are not allowed" >&2
  exit 1
fi

touch "$HOME_DIR/.initialized"
chown -R developer:developer "$HOME_DIR"

# 6. sshd, before the installation.
if [ "$CI_MODE" != true ]; then
  /usr/sbin/sshd -f /etc/ssh/sshd_config -p "${SSH_PORT:-2222}" -E /var/log/sshd.log
  say "sshd listens on port ${SSH_PORT:-2222}"
fi

# 7. The installation, once.
marker="$HOME_DIR/.sindri/bootstrap-complete"
if [ ! -e "$marker" ] && [ "$SKIP_AUTO_INSTALL" != true ]; then
  say "installing ${INSTALL_PROFILE:-nothing}" | tee -a "$HOME_DIR/.sindri/logs/install.log"
  touch "$marker"
  chown -R developer:developer "$HOME_DIR/.sindri"
fi
say ready

# 8. For ever.
while :; do sleep 3600 & wait $!; done
