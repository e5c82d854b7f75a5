/* SPDX-License-Identifier: BSD-3-Clause */
/* Status codes, and the last sentence of each thread. */
#include "core/status.h"

#include <stdarg.h>
#include <stdio.h>

static _Thread_local char last_message[512];

sunzi_status sunzi_fail(sunzi_status status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(last_message, sizeof last_message, format, args);
    va_end(args);
    return status;
}

sunzi_status sunzi_fail_sentence(sunzi_status status, const char *sentence)
{
    return sunzi_fail(status, "%s", sentence);
}

const char *sunzi_last_message(void)
{
    return last_message;
}

const char *sunzi_status_name(sunzi_status status)
{
    switch (status) {
#define CASE(name, value, text)                                                \
    case SUNZI_##name:                                                         \
        return "SUNZI_" #name;
        SUNZI_STATUS_LIST(CASE)
#undef CASE
    }
    return "unknown status";
}

const char *sunzi_status_text(sunzi_status status)
{
    switch (status) {
#define CASE(name, value, text)                                                \
    case SUNZI_##name:                                                         \
        return text;
        SUNZI_STATUS_LIST(CASE)
#undef CASE
    }
    return "unknown status";
}
