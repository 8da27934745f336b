// SPDX-License-Identifier: Apache-2.0
//
// As much of systemd as a service sees that keeps descriptors with it: sd_notify(3), sd_pid_notify_with_fds(3),
// sd_notify_barrier(3), sd_listen_fds(3). Written from these pages, for tests where no systemd runs.
//
//   cc -std=c11 -O2 -o service_manager service_manager.c
//   service_manager SOCKET COMMAND...   runs COMMAND, and again when a signal has killed it; SIGTERM is passed on
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_STORED = 512, MAX_NAME = 256, FIRST_PASSED = 3, FIRST_OWN = 1000 };

static struct {
    int descriptor;
    char name[MAX_NAME];
} stored[MAX_STORED];
static int stored_count;
static sigset_t none;

static void die(const char *what) {
    perror(what);
    exit(1);
}

// Descriptors from 3 up are the service's: ours lie above.
static int out_of_the_way(int descriptor) {
    const int moved = fcntl(descriptor, F_DUPFD_CLOEXEC, FIRST_OWN);
    if (moved < 0) {
        die("fcntl");
    }
    close(descriptor);
    return moved;
}

static pid_t start(const char *path, char **command) {
    const pid_t child = fork();
    if (child != 0) {
        return child;
    }
    char names[MAX_STORED * (MAX_NAME + 1)] = "";
    char number[16];
    for (int i = 0; i < stored_count; i++) {
        if (dup2(stored[i].descriptor, FIRST_PASSED + i) < 0) {
            die("dup2");
        }
        strcat(strcat(names, i == 0 ? "" : ":"), stored[i].name);
    }
    setenv("NOTIFY_SOCKET", path, 1);
    snprintf(number, sizeof number, "%d", MAX_STORED);
    setenv("FDSTORE", number, 1);
    if (stored_count > 0) {
        snprintf(number, sizeof number, "%d", stored_count);
        setenv("LISTEN_FDS", number, 1);
        snprintf(number, sizeof number, "%d", (int) getpid());
        setenv("LISTEN_PID", number, 1);
        setenv("LISTEN_FDNAMES", names, 1);
    }
    sigprocmask(SIG_SETMASK, &none, NULL);
    execvp(command[0], command);
    die("execvp");
    return -1;
}

static void store(const char *name, int descriptor) {
    if (stored_count == MAX_STORED) {
        printf("the store is full\n");
        close(descriptor);
        return;
    }
    stored[stored_count].descriptor = out_of_the_way(descriptor);
    snprintf(stored[stored_count].name, MAX_NAME, "%s", name);
    stored_count++;
}

static void remove_named(const char *name) {
    for (int i = 0; i < stored_count; i++) {
        if (strcmp(stored[i].name, name) == 0) {
            close(stored[i].descriptor);
            stored[i] = stored[--stored_count];
            i--;
        }
    }
}

static void follow(char *text, int descriptor) {
    bool storing = false, removing = false;
    const char *name = "stored";
    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        storing |= strcmp(line, "FDSTORE=1") == 0;
        removing |= strcmp(line, "FDSTOREREMOVE=1") == 0;
        if (strncmp(line, "FDNAME=", 7) == 0) {
            name = line + 7;
        }
        if (strcmp(line, "READY=1") == 0) {
            printf("ready, %d descriptors stored\n", stored_count);
        }
    }
    if (storing && descriptor >= 0) {
        store(name, descriptor);
    } else if (descriptor >= 0) {
        close(descriptor); // a barrier: all before it has been done
    }
    if (removing) {
        remove_named(name);
    }
}

static void receive(int notify) {
    char text[4096];
    char control[256];
    struct iovec part = {.iov_base = text, .iov_len = sizeof text - 1};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    const ssize_t length = recvmsg(notify, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    if (length < 0) {
        return;
    }
    text[length] = '\0';
    int descriptor = -1;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header != NULL; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS) {
            memcpy(&descriptor, CMSG_DATA(header), sizeof descriptor);
        }
    }
    follow(text, descriptor);
}

int main(int count, char **arguments) {
    if (count < 3) {
        fprintf(stderr, "service_manager SOCKET COMMAND...\n");
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", arguments[1]);
    const int notify = out_of_the_way(socket(AF_UNIX, SOCK_DGRAM, 0));
    if (bind(notify, (struct sockaddr *) &address, sizeof address) < 0) {
        die("bind");
    }
    sigset_t signals;
    sigemptyset(&none);
    sigemptyset(&signals);
    sigaddset(&signals, SIGCHLD);
    sigaddset(&signals, SIGTERM);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    const int told = out_of_the_way(signalfd(-1, &signals, 0));
    pid_t child = start(arguments[1], arguments + 2);
    printf("started %d\n", (int) child);
    for (;;) {
        struct pollfd both[] = {{.fd = notify, .events = POLLIN}, {.fd = told, .events = POLLIN}};
        poll(both, 2, -1);
        if (both[0].revents != 0) { // before a death: what the dead has sent counts
            receive(notify);
            continue;
        }
        struct signalfd_siginfo information;
        if (read(told, &information, sizeof information) != sizeof information) {
            die("read");
        }
        if (information.ssi_signo == SIGTERM) {
            kill(child, SIGTERM);
            continue;
        }
        int status;
        if (waitpid(child, &status, WNOHANG) != child) {
            continue;
        }
        if (!WIFSIGNALED(status)) {
            printf("ended with %d, %d descriptors stored\n", WEXITSTATUS(status), stored_count);
            unlink(arguments[1]);
            return WEXITSTATUS(status);
        }
        printf("killed, %d descriptors stored\n", stored_count);
        child = start(arguments[1], arguments + 2);
        printf("started %d\n", (int) child);
    }
}
