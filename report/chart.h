/* chart.h - what is drawn, before it is known how.
 *
 * A chart is made from the result, then written as JSON for the page's script
 * or drawn as SVG.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_CHART_H
#define SSK_CHART_H

#include "report/json_stream.h"
#include "report/story.h"

typedef enum ssk_axis {
    SSK_AXIS_TIME = 0, /**< ns since the capture's start */
    SSK_AXIS_SPAN,     /**< ns */
    SSK_AXIS_SPAN_LOG, /**< ns, logarithmic */
    SSK_AXIS_COUNT,    /**< logarithmic */
    SSK_AXIS_BYTES,
    SSK_AXIS_LANES, /**< index of lanes, the first on top */
    SSK_AXIS_ON,    /**< 0 off, 1 on */
} ssk_axis;

typedef enum ssk_draw {
    SSK_DRAW_LINE = 0,
    SSK_DRAW_STEPS, /**< a value holds until the next point */
    SSK_DRAW_BARS,  /**< from x to the next bound of the axis, ssk_chart_bar_end() */
    SSK_DRAW_MARKS,
} ssk_draw;

typedef struct ssk_chart_point {
    int64_t x, y;
    uint32_t frame;   /**< 0: none */
    const char *text; /**< borrowed from the result; NULL */
} ssk_chart_point;

typedef struct ssk_chart_series {
    const char *name; /**< static, or borrowed from the result or from names */
    ssk_draw draw;
    GArray *points; /**< of ssk_chart_point */
} ssk_chart_series;

typedef struct ssk_chart_band {
    const char *name; /**< "stall", "recovery" */
    int64_t from, to;
} ssk_chart_band;

typedef struct ssk_chart {
    char id[24]; /**< of the element it is drawn into */
    char *label; /**< what a screen reader says; safe text */
    ssk_axis x, y;
    int64_t from, to; /**< of x */
    GPtrArray *lanes; /**< of char *, safe text */
    GPtrArray *names; /**< of char *, safe text: names of series that were made for this chart */
    GArray *series;   /**< of ssk_chart_series */
    GArray *bands;    /**< of ssk_chart_band */
} ssk_chart;

void ssk_chart_free(ssk_chart *chart);

/* Each returns NULL where there is nothing to draw. */

/** Lanes around the stall; from its timeline, or without one from its ends and
 * those of the incident's other stalls. */
ssk_chart *ssk_chart_stall(const ssk_story *story, const ssk_result_stall *stall);
/** Gaps of both directions, ten bars per decade. */
ssk_chart *ssk_chart_gaps(const ssk_story *story, const ssk_result_flow *flow);
ssk_chart *ssk_chart_rtt(const ssk_story *story, const ssk_result_flow *flow);
/** @param index in result->udp: makes the id */
ssk_chart *ssk_chart_strip(const ssk_story *story, size_t index);
ssk_chart *ssk_chart_bursts(const ssk_story *story, size_t index);
/** @param index in result->clocks: makes the id */
ssk_chart *ssk_chart_clock(const ssk_story *story, size_t index);

/** Right edge of the bar that starts at @p x. */
int64_t ssk_chart_bar_end(int64_t x);

/** An element of an array of charts. */
void ssk_chart_json(const ssk_chart *chart, ssk_json *json);
/** An <svg> element. @param named its marks tell their frames; else they are the corners of paths, a tenth of the bytes */
void ssk_chart_svg(const ssk_chart *chart, bool named, GString *out);

#endif
