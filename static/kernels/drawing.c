// Anti-aliased drawing: everything is a stroke of a round pen. The formula of calculators/stroke.py, in single
// precision and four pixels at once: where the exact value is all but half-way, a channel may be one level off.
#include "kernels.h"

static inline double at_least(double value, double low) { return value < low ? low : value; }
static inline double at_most(double value, double high) { return value > high ? high : value; }

// The pixels that a pen can touch on one axis: from `first` to the one before `last`.
static inline void extent(double from, double to, double reach, i32 size, i32 *first, i32 *last) {
  double low = __builtin_floor((from < to ? from : to) - reach), high = __builtin_ceil((from > to ? from : to) + reach);
  *first = (i32)at_most(at_least(low, 0), size);
  *last = (i32)at_most(at_least(high, 0), size);
}

// A segment: where it starts, its direction as a unit vector, its length; and the pen's reach.
typedef struct {
  double x, y, dx, dy, length, reach;
} Line;

// How far pixels lie beyond the line's start and its end (less than 0: on the inner side), and aside of it.
typedef struct {
  v128_t start, end, aside;
} Places;

static inline Places place(const Line *line, i32 x, i32 y) {
  double px = x + 0.5 - line->x, py = y + 0.5 - line->y, along = px * line->dx + py * line->dy;
  return (Places){wasm_f32x4_splat((float)-along), wasm_f32x4_splat((float)(along - line->length)),
                  wasm_f32x4_splat((float)(px * line->dy - py * line->dx))};
}

// `columns` are counted from the pixel at `first`.
static inline v128_t coverage(const Line *line, Places first, v128_t columns) {
  v128_t zero = wasm_f32x4_const_splat(0), one = wasm_f32x4_const_splat(1);
  v128_t along = wasm_f32x4_mul(columns, wasm_f32x4_splat((float)line->dx));
  v128_t aside = wasm_f32x4_add(first.aside, wasm_f32x4_mul(columns, wasm_f32x4_splat((float)line->dy)));
  v128_t start = wasm_f32x4_sub(first.start, along), end = wasm_f32x4_add(first.end, along);
  v128_t beyond = wasm_f32x4_pmax(wasm_f32x4_pmax(start, end), zero);
  v128_t distance = wasm_f32x4_sqrt(wasm_f32x4_add(wasm_f32x4_mul(aside, aside), wasm_f32x4_mul(beyond, beyond)));
  v128_t reach = wasm_f32x4_splat((float)line->reach);
  return wasm_f32x4_pmin(wasm_f32x4_pmax(zero, wasm_f32x4_sub(reach, distance)), one);  // not a number: 0
}

// A whole number up to 2^23 lies in the lowest bits of its sum with this.
#define UNITS wasm_f32x4_const_splat(8388608.f)

// One pixel, a channel in 32 bits.
static inline v128_t mix(v128_t pixel, v128_t color, v128_t share) {
  v128_t from = wasm_f32x4_convert_i32x4(pixel);
  v128_t mixed = wasm_f32x4_add(from, wasm_f32x4_mul(wasm_f32x4_sub(color, from), share));
  mixed = wasm_f32x4_floor(wasm_f32x4_add(mixed, wasm_f32x4_const_splat(0.5)));
  return wasm_v128_xor(wasm_f32x4_add(mixed, UNITS), UNITS);
}

#define SHARE(shares, i) wasm_i32x4_shuffle(shares, shares, i, i, i, i)

static inline void cover(u8 *pixels, v128_t color, v128_t shares) {
  v128_t given = wasm_v128_load(pixels);
  v128_t low = wasm_u16x8_extend_low_u8x16(given), high = wasm_u16x8_extend_high_u8x16(given);
  v128_t one = mix(wasm_u32x4_extend_low_u16x8(low), color, SHARE(shares, 0));
  v128_t two = mix(wasm_u32x4_extend_high_u16x8(low), color, SHARE(shares, 1));
  v128_t three = mix(wasm_u32x4_extend_low_u16x8(high), color, SHARE(shares, 2));
  v128_t four = mix(wasm_u32x4_extend_high_u16x8(high), color, SHARE(shares, 3));
  v128_t front = wasm_i16x8_narrow_i32x4(one, two), back = wasm_i16x8_narrow_i32x4(three, four);
  wasm_v128_store(pixels, wasm_u8x16_narrow_i16x8(front, back));
}

// Pixels; beyond it nothing can be placed in single precision.
#define LONGEST 1e30

// One segment from (x0, y0) to (x1, y1), in pixels, all finite; one longer than LONGEST is not drawn. The colour's
// channels are 0..255, opaque. A pixel is covered by reach (the pen's radius + 0.5) less its centre's distance to the
// segment, between 0 and 1. `image` needs 12 bytes more than its pixels.
EXPORT void draw_segment(u8 *image, i32 width, i32 height, double x0, double y0, double x1, double y1, double reach,
                         i32 r, i32 g, i32 b) {
  i32 left, right, top, bottom;
  extent(x0, x1, reach, width, &left, &right);
  extent(y0, y1, reach, height, &top, &bottom);
  double dx = x1 - x0, dy = y1 - y0, length = __builtin_sqrt(dx * dx + dy * dy);
  if (length > LONGEST) return;
  Line line = {x0, y0, 1, 0, length, reach};  // a dot lies along any direction
  if (length > 0) line.dx = dx / length, line.dy = dy / length;
  v128_t color = wasm_f32x4_make((float)r, (float)g, (float)b, 255);
  for (i32 y = top; y < bottom; y++) {
    Places first = place(&line, left, y);
    v128_t columns = wasm_f32x4_make(0, 1, 2, 3), end = wasm_f32x4_splat((float)(right - left));
    for (i32 x = left; x < right; x += 4, columns = wasm_f32x4_add(columns, wasm_f32x4_const_splat(4))) {
      v128_t shares = wasm_v128_and(coverage(&line, first, columns), wasm_f32x4_lt(columns, end));
      if (wasm_v128_any_true(shares)) cover(image + ((size_t)y * width + x) * 4, color, shares);
    }
  }
}
