/* SPDX-License-Identifier: BSD-3-Clause */
/* The table of policies. */
#include <stdbool.h>
#include <string.h>
#include <sunzi/policy.h>

#include "core/nearest.h"
#include "core/status.h"

static const struct {
    size_t element_bytes;
    int planes;
} policies[SUNZI_POLICY_COUNT] = {
    [SUNZI_POLICY_FP64] = {sizeof(double), 1},
    [SUNZI_POLICY_FP32] = {sizeof(float), 1},
    [SUNZI_POLICY_FP32C] = {sizeof(float), 2},
    [SUNZI_POLICY_DF64] = {sizeof(float), 2},
};

static const char *const names[SUNZI_POLICY_COUNT] = {
    [SUNZI_POLICY_FP64] = "fp64",
    [SUNZI_POLICY_FP32] = "fp32",
    [SUNZI_POLICY_FP32C] = "fp32c",
    [SUNZI_POLICY_DF64] = "df64",
};

static bool known(sunzi_policy policy)
{
    return (int)policy >= 0 && policy < SUNZI_POLICY_COUNT;
}

const char *sunzi_policy_name(sunzi_policy policy)
{
    return known(policy) ? names[policy] : NULL;
}

sunzi_status sunzi_policy_find(const char *name, sunzi_policy *policy)
{
    for (int p = 0; name && p < SUNZI_POLICY_COUNT; p++)
        if (strcmp(names[p], name) == 0) {
            *policy = (sunzi_policy)p;
            return SUNZI_OK;
        }
    const char *nearest =
        name ? sunzi_nearest_name(name, names, SUNZI_POLICY_COUNT) : NULL;
    return sunzi_fail(SUNZI_ERR_ARG,
                      "there is no policy '%.40s'%s%s; allowed are fp64, fp32, "
                      "fp32c and df64",
                      name ? name : "(NULL)", nearest ? ", did you mean " : "",
                      nearest ? nearest : "");
}

size_t sunzi_policy_element_bytes(sunzi_policy policy)
{
    return known(policy) ? policies[policy].element_bytes : 0;
}

int sunzi_policy_planes(sunzi_policy policy)
{
    return known(policy) ? policies[policy].planes : 0;
}
