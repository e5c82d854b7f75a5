/* SPDX-License-Identifier: BSD-3-Clause */
/* A gnuplot that draws into a file: commands and data through a pipe, the
 * picture through its standard output, nothing else on the disk. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sunzi/status.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/command.h"
#include "tools/plot.h"

#define COMMAND SUNZI_PLOT_COMMAND

extern char **environ;

/* ---- an end by a signal ---- */

/* Of the picture that is being drawn; NULL: none. */
static const char *volatile unfinished;

/* Calls only what may be called here. */
static void clean_up(int number)
{
    if (unfinished)
        unlink(unfinished);
    signal(number, SIG_DFL);
    raise(number); /* comes when this function returns */
}

static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
enum { SIGNALS = sizeof signals / sizeof *signals };

/* Signals wait while the temporary begins or ends. */
static void hold_signals(bool hold)
{
    sigset_t set;
    sigemptyset(&set);
    for (int i = 0; i < SIGNALS; i++)
        sigaddset(&set, signals[i]);
    sigprocmask(hold ? SIG_BLOCK : SIG_UNBLOCK, &set, NULL);
}

/* As sunzi_replacement_begin; the temporary goes with the process. One that
 * was told to ignore a signal goes on to. */
static sunzi_status begin_picture(const char *output, sunzi_replacement *r)
{
    struct sigaction old, action = {.sa_handler = clean_up};
    hold_signals(true);
    const sunzi_status status = sunzi_replacement_begin(output, r);
    unfinished = status == SUNZI_OK ? r->temporary : NULL;
    for (int i = 0; i < SIGNALS; i++)
        if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
            sigaction(signals[i], &action, NULL);
    hold_signals(false);
    return status;
}

/* bytes < 0: there is no picture. */
static sunzi_status end_picture(sunzi_replacement *r, int64_t bytes)
{
    sunzi_status status = SUNZI_OK;
    hold_signals(true);
    if (bytes < 0)
        sunzi_replacement_discard(r);
    else
        status = sunzi_replacement_publish(r, bytes);
    unfinished = NULL;
    hold_signals(false);
    return status;
}

/* ---- the process ---- */

/* gnuplot with its three streams; 0 or an error number. */
static int start(sunzi_gnuplot *g, int commands)
{
    char name[] = "gnuplot", bare[] = "-d"; /* no settings of the user */
    char *const arguments[] = {name, bare, NULL};
    posix_spawn_file_actions_t actions;
    int error = posix_spawn_file_actions_init(&actions);
    if (error)
        return error;
    error = posix_spawn_file_actions_adddup2(&actions, commands, 0);
    if (!error)
        error =
            posix_spawn_file_actions_adddup2(&actions, g->replacement.file, 1);
    if (!error)
        error =
            posix_spawn_file_actions_adddup2(&actions, fileno(g->errors), 2);
    if (!error)
        error =
            posix_spawnp(&g->process, name, &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

static bool open_pipe(sunzi_gnuplot *g)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return false;
    g->to = fdopen(ends[1], "w");
    const int error = g->to ? start(g, ends[0]) : errno;
    close(ends[0]);
    if (!error)
        return true;
    if (g->to)
        fclose(g->to);
    else
        close(ends[1]);
    errno = error;
    return false;
}

int sunzi_gnuplot_letters(const sunzi_plotting *asked)
{
    const int size = 12 * asked->width / 1000 < 12 * asked->height / 750
                         ? 12 * asked->width / 1000
                         : 12 * asked->height / 750;
    return size < 7 ? 7 : size;
}

int sunzi_gnuplot_fit(const sunzi_plotting *asked, int pixels)
{
    return 3 * pixels / (2 * sunzi_gnuplot_letters(asked));
}

bool sunzi_gnuplot_begin(const sunzi_plotting *asked, sunzi_gnuplot *gnuplot)
{
    *gnuplot = (sunzi_gnuplot){.output = asked->output};
    if (begin_picture(asked->output, &gnuplot->replacement) < 0) {
        sunzi_tool_error(COMMAND, "--output: %s", sunzi_last_message());
        return false;
    }
    signal(SIGPIPE, SIG_IGN); /* a gnuplot that ends early is an error here */
    gnuplot->errors = tmpfile();
    if (!gnuplot->errors || !open_pipe(gnuplot)) {
        if (errno == ENOENT)
            sunzi_tool_error(COMMAND, "there is no gnuplot, which draws the "
                                      "pictures; install the package "
                                      "gnuplot-nox");
        else
            sunzi_tool_error(COMMAND, "gnuplot cannot be started: %s",
                             strerror(errno));
        if (gnuplot->errors)
            fclose(gnuplot->errors);
        end_picture(&gnuplot->replacement, -1);
        return false;
    }
    fprintf(gnuplot->to,
            "set terminal pngcairo noenhanced size %d,%d font 'Sans,%d'\n"
            "set encoding utf8\nset tics out nomirror\nset border lw 1\n",
            asked->width, asked->height, sunzi_gnuplot_letters(asked));
    return true;
}

/* The first line that gnuplot complained with. */
static void read_complaint(FILE *errors, char *line, int bytes)
{
    rewind(errors);
    line[0] = '\0';
    while (strspn(line, " \t\r\n^") == strlen(line))
        if (!fgets(line, bytes, errors)) {
            snprintf(line, (size_t)bytes, "no reason given");
            return;
        }
    line[strcspn(line, "\r\n")] = '\0';
}

static bool is_picture(int file, int64_t *bytes)
{
    static const unsigned char mark[8] = {0x89, 'P', 'N', 'G', 13, 10, 26, 10};
    unsigned char head[8];
    struct stat info;
    *bytes = fstat(file, &info) == 0 ? (int64_t)info.st_size : 0;
    return pread(file, head, sizeof head, 0) == (ssize_t)sizeof head &&
           memcmp(head, mark, sizeof mark) == 0;
}

int sunzi_gnuplot_end(sunzi_gnuplot *gnuplot, bool good)
{
    char line[200];
    int64_t bytes;
    int state = -1;
    const bool sent = fclose(gnuplot->to) == 0;
    while (waitpid(gnuplot->process, &state, 0) < 0 && errno == EINTR)
        ;
    const bool drawn = sent && WIFEXITED(state) && WEXITSTATUS(state) == 0 &&
                       is_picture(gnuplot->replacement.file, &bytes);
    if (!drawn)
        read_complaint(gnuplot->errors, line, sizeof line);
    fclose(gnuplot->errors);
    if (good && drawn) {
        if (end_picture(&gnuplot->replacement, bytes) == SUNZI_OK)
            return 0;
        sunzi_tool_error(COMMAND, "--output: %s", sunzi_last_message());
        return SUNZI_EXIT_INPUT;
    }
    end_picture(&gnuplot->replacement, -1);
    if (good) /* else the caller has told why */
        sunzi_tool_error(COMMAND, "gnuplot did not draw %.200s: %s",
                         gnuplot->output, line);
    return SUNZI_EXIT_INPUT;
}

/* Between single quotes gnuplot replaces nothing; a quote is written twice. */
void sunzi_gnuplot_quote(FILE *to, const char *text, int length)
{
    fputc('\'', to);
    for (int i = 0; i < length && text[i]; i++) {
        const unsigned char c = (unsigned char)text[i];
        if (c == '\'')
            fputs("''", to);
        else
            fputc(c < 0x20 || c == 0x7f || c == '`' ? ' ' : c, to);
    }
    fputc('\'', to);
}

/* The blank nearest to the middle of the text; its length: none. */
static int middle_blank(const char *text, int length)
{
    int best = length;
    for (int i = 0; i < length; i++)
        if (text[i] == ' ' && abs(2 * i - length) < abs(2 * best - length))
            best = i;
    return best;
}

void sunzi_gnuplot_text(FILE *to, const char *what, const char *text, int most)
{
    const int length = (int)strlen(text);
    const int at = length > most ? middle_blank(text, length) : length;
    fprintf(to, "set %s ", what);
    sunzi_gnuplot_quote(to, text, at);
    if (at < length) {
        fputs(".\"\\n\".", to);
        sunzi_gnuplot_quote(to, text + at + 1, length);
    }
    fputc('\n', to);
}
