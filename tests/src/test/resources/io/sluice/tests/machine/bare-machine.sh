# SPDX-License-Identifier: Apache-2.0
#
# Runs a command in a bare root tree: bare-machine.sh BASE MACHINE REPOSITORY PACKAGES JDK COMMAND...
#
#   BASE        a root tree, which is only read
#   MACHINE     a directory with upper/ (what this machine adds to BASE), work/ and root/ (where it is mounted)
#   REPOSITORY  a local Maven repository to share, or '-'
#   PACKAGES    a directory that keeps downloaded packages
#   JDK         a JDK to put at /opt/jdk, or '-'
#
# The caller gives it mount and process namespaces of its own, so that no mount is seen outside and none outlives it.
set -eu
base=$1 machine=$2 repository=$3 packages=$4 jdk=$5
shift 5
root=$machine/root

mount -t overlay overlay -o "lowerdir=$base,upperdir=$machine/upper,workdir=$machine/work" "$root"
mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys"
mount --rbind /dev "$root/dev"
cat /etc/resolv.conf >"$root/etc/resolv.conf"
share() {
    mkdir -p "$2"
    mount --bind "$1" "$2"
}
[ "$repository" = - ] || share "$repository" "$root/root/.m2/repository"
[ "$jdk" = - ] || share "$jdk" "$root/opt/jdk"
share "$packages" "$root/var/cache/apt/archives"

exec chroot "$root" /usr/bin/env -i HOME=/root LANG=C.UTF-8 CI=true \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin sh -c 'cd /root/sluice && exec "$@"' sh "$@"
