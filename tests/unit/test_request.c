/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>

#include "report/request.h"

static ssk_request parse(const char *text)
{
    ssk_config defaults;
    ssk_request request;
    GError *error = NULL;

    ssk_config_init(&defaults);
    gboolean good = ssk_request_parse(text, &defaults, &request, &error);
    g_assert_no_error(error);
    g_assert_true(good);
    return request;
}

static void check_error(const char *text, const char *expect)
{
    ssk_config defaults;
    ssk_request request;
    GError *error = NULL;

    ssk_config_init(&defaults);
    g_assert_false(ssk_request_parse(text, &defaults, &request, &error));
    g_assert_nonnull(error);
    g_assert_nonnull(strstr(error->message, expect));
    g_error_free(error);
}

static void check_filter(const char *text, const char *filter)
{
    ssk_request request = parse(text);

    g_assert_cmpstr(request.filter, ==, filter);
    g_free(request.filter);
}

static void test_nothing(void)
{
    ssk_request request = parse("");

    g_assert_true(request.writer == ssk_writers[0]);
    g_assert_null(request.filter);
}

static void test_order(void)
{
    ssk_request request = parse(",json,min_gap=5s,period=1s,tcp.port in {1, 2}, min_gap=3s");

    g_assert_cmpstr(request.writer->name, ==, "json");
    g_assert_cmpint(request.config.min_gap, ==, 5 * SSK_S);
    g_assert_cmpint(request.config.period, ==, SSK_S);
    g_assert_cmpstr(request.filter, ==, "tcp.port in {1, 2}, min_gap=3s");
    g_free(request.filter);
}

static void test_hyphen(void)
{
    g_assert_cmpint(parse(",min-gap=5s").config.min_gap, ==, 5 * SSK_S);
}

static void test_filter(void)
{
    check_filter(",tcp", "tcp");
    check_filter(",tcp==1", "tcp==1");
    check_filter(",ip.ttl=1", "ip.ttl=1");
    check_filter(",json,json", "json"); /* the second is the protocol */
    check_filter(",,", NULL);
}

static void test_bad(void)
{
    check_error("er", "comma");
    check_error(",min_gap=0", "min_gap=0");
    check_error(",mingap=2s", "min_gap");
    check_error(",json,colour=red,tcp", "colour");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/request/nothing said is the first format with the defaults", test_nothing);
    g_test_add_func("/request/the filter takes the rest with its commas", test_order);
    g_test_add_func("/request/hyphens and underscores are one", test_hyphen);
    g_test_add_func("/request/what is neither format nor option is the filter", test_filter);
    g_test_add_func("/request/a wrong option names what is allowed", test_bad);
    return g_test_run();
}
