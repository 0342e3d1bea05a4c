#define _GNU_SOURCE
#include "CTerminalDescriptors.h"
#include "State.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static void drain(int descriptor) {
    uint64_t count;
    ssize_t ignored = read(descriptor, &count, sizeof count);
    (void)ignored;
}

int cterminal_wait(int wakeup, int milliseconds) {
    struct pollfd descriptors[3] = {
        {.fd = STDIN_FILENO, .events = POLLIN},
        {.fd = cterminal_state.signal_event, .events = POLLIN},
        {.fd = wakeup, .events = POLLIN},
    };
    if (poll(descriptors, 3, milliseconds) <= 0) return 0;
    int found = 0;
    if (descriptors[0].revents & POLLIN) found |= cterminal_input_ready;
    if (descriptors[0].revents & (POLLHUP | POLLERR | POLLNVAL)) found |= cterminal_hung_up;
    if (descriptors[1].revents & POLLIN) {
        found |= cterminal_signalled;
        drain(descriptors[1].fd);
    }
    if (descriptors[2].revents & POLLIN) {
        found |= cterminal_woken;
        drain(wakeup);
    }
    return found;
}

/* By poll and not by O_NONBLOCK, which the shell and output would share. */
long cterminal_read(uint8_t *buffer, size_t count) {
    struct pollfd descriptor = {.fd = STDIN_FILENO, .events = POLLIN};
    if (poll(&descriptor, 1, 0) <= 0) return -1;
    ssize_t length = read(STDIN_FILENO, buffer, count);
    if (length >= 0) return length;
    return errno == EINTR || errno == EAGAIN ? -1 : -2;
}

void cterminal_write_to(int descriptor, const void *bytes, size_t count) {
    const char *next = bytes;
    while (count > 0) {
        ssize_t length = write(descriptor, next, count);
        if (length < 0 && errno == EAGAIN) {
            struct pollfd waiting = {.fd = descriptor, .events = POLLOUT};
            if (poll(&waiting, 1, 1000) <= 0) return;
        } else if (length < 0 && errno != EINTR) {
            return;
        } else if (length > 0) {
            next += length;
            count -= (size_t)length;
        }
    }
}

void cterminal_write(const uint8_t *bytes, size_t count) {
    cterminal_write_to(STDOUT_FILENO, bytes, count);
}

void cterminal_window_size(int *width, int *height) {
    struct winsize size = {0};
    ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
    *width = size.ws_col;
    *height = size.ws_row;
}

int cterminal_eventfd(void) {
    return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
}

void cterminal_eventfd_signal(int descriptor) {
    uint64_t one = 1;
    ssize_t ignored = write(descriptor, &one, sizeof one);
    (void)ignored;
}

int cterminal_set_blocking(int blocking) {
    int flags = fcntl(STDOUT_FILENO, F_GETFL);
    if (flags < 0) return 1;
    int was_blocking = (flags & O_NONBLOCK) == 0;
    if (blocking != was_blocking) fcntl(STDOUT_FILENO, F_SETFL, flags ^ O_NONBLOCK);
    return was_blocking;
}

void cterminal_capture_errors(void) {
    if (cterminal_state.captured_errors >= 0 || !isatty(STDERR_FILENO)) return;
    int memory = memfd_create("errors", MFD_CLOEXEC);
    int kept = memory < 0 ? -1 : fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    if (kept < 0 || dup2(memory, STDERR_FILENO) < 0) {
        if (memory >= 0) close(memory);
        if (kept >= 0) close(kept);
        return;
    }
    cterminal_state.kept_errors = kept;
    cterminal_state.captured_errors = memory;
}

void cterminal_release_errors(void) {
    int memory = cterminal_state.captured_errors;
    if (memory < 0) return;
    cterminal_state.captured_errors = -1;
    dup2(cterminal_state.kept_errors, STDERR_FILENO);
    close(cterminal_state.kept_errors);
    char buffer[4096];
    off_t offset = 0;
    ssize_t length;
    while ((length = pread(memory, buffer, sizeof buffer, offset)) > 0) {
        cterminal_write_to(STDERR_FILENO, buffer, (size_t)length);
        offset += length;
    }
    close(memory);
}

int64_t cterminal_milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
