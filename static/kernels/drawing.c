// Anti-aliased drawing: everything is a stroke of a round pen. The same formula as in calculators/stroke.py.
#include "kernels.h"

static inline double at_least(double value, double low) { return value < low ? low : value; }
static inline double at_most(double value, double high) { return value > high ? high : value; }

// The pixels that a pen can touch on one axis: from `first` to the one before `last`.
static inline void extent(double from, double to, double reach, i32 size, i32 *first, i32 *last) {
  double low = __builtin_floor((from < to ? from : to) - reach), high = __builtin_ceil((from > to ? from : to) + reach);
  *first = (i32)at_most(at_least(low, 0), size);
  *last = (i32)at_most(at_least(high, 0), size);
}

static inline void cover(u8 *pixel, const double *color, double coverage) {
  for (i32 c = 0; c < 4; c++) pixel[c] = (u8)__builtin_floor(pixel[c] + (color[c] - pixel[c]) * coverage + 0.5);
}

// One segment from (x0, y0) to (x1, y1), in pixels, all finite; the colour's channels are 0..255, opaque. A pixel is
// covered by reach (the pen's radius + 0.5) less its centre's distance to the segment, between 0 and 1.
EXPORT void draw_segment(u8 *image, i32 width, i32 height, double x0, double y0, double x1, double y1, double reach,
                         i32 r, i32 g, i32 b) {
  i32 left, right, top, bottom;
  extent(x0, x1, reach, width, &left, &right);
  extent(y0, y1, reach, height, &top, &bottom);
  double dx = x1 - x0, dy = y1 - y0, squared = dx * dx + dy * dy, color[4] = {r, g, b, 255};
  const u8 opaque[4] = {(u8)r, (u8)g, (u8)b, 255};
  double inside = reach > 1 ? (reach - 1) * (reach - 1) : -1;  // the squared distance up to which a pixel is whole
  for (i32 y = top; y < bottom; y++) {
    for (i32 x = left; x < right; x++) {
      double px = x + 0.5 - x0, py = y + 0.5 - y0;
      double along = squared > 0 ? at_most(at_least((px * dx + py * dy) / squared, 0), 1) : 0;
      double ex = px - along * dx, ey = py - along * dy, distance = ex * ex + ey * ey;
      if (distance >= reach * reach) continue;
      u8 *pixel = image + ((size_t)y * width + x) * 4;
      double coverage = reach - __builtin_sqrt(distance);
      if (distance <= inside) __builtin_memcpy(pixel, opaque, 4);
      else if (coverage > 0) cover(pixel, color, at_most(coverage, 1));
    }
  }
}
