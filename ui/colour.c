/* SPDX-License-Identifier: Apache-2.0
 * Colour arithmetic: CIE Lab distance, WCAG contrast, the nearest of 256 and of 16. */
#include "theme.h"

/* The 16 colours as VGA consoles show them. */
static const uint32_t vga[16] = {0x000000, 0xaa0000, 0x00aa00, 0xaa5500, 0x0000aa,
    0xaa00aa, 0x00aaaa, 0xaaaaaa, 0x555555, 0xff5555, 0x55ff55, 0xffff55, 0x5555ff,
    0xff55ff, 0x55ffff, 0xffffff};

uint32_t ui_colour_rgb(uint32_t index)
{
	if (index < 16)
		return vga[index];
	if (index >= 232) {
		uint32_t grey = 8 + 10 * ((index > 255 ? 255 : index) - 232);
		return grey << 16 | grey << 8 | grey;
	}
	static const uint32_t step[6] = {0, 95, 135, 175, 215, 255};
	index -= 16;
	return step[index / 36] << 16 | step[index / 6 % 6] << 8 | step[index % 6];
}

/* The n-th root of x in [0, 1e9] by Newton's method: saves linking libm. */
static double root(double x, int n)
{
	double r = x > 1 ? x : 1;
	if (x <= 0)
		return 0;
	for (int i = 0; i < 100; i++) {
		double power = 1;
		for (int k = 1; k < n; k++)
			power *= r;
		double step = (x / power - r) / n;
		r += step;
		if (step < 1e-12 && step > -1e-12)
			break;
	}
	return r;
}

/* sRGB to linear light; the exponent 2.4 is 2 + 2/5. */
static double linear(uint32_t channel)
{
	double c = channel / 255.0;
	if (c <= 0.04045)
		return c / 12.92;
	c = (c + 0.055) / 1.055;
	double fifth = root(c, 5);
	return c * c * fifth * fifth;
}

struct xyz {
	double x, y, z;
};

static struct xyz to_xyz(uint32_t rgb)
{
	double r = linear(rgb >> 16 & 0xff), g = linear(rgb >> 8 & 0xff),
	       b = linear(rgb & 0xff);
	return (struct xyz){0.4124 * r + 0.3576 * g + 0.1805 * b,
	    0.2126 * r + 0.7152 * g + 0.0722 * b, 0.0193 * r + 0.1192 * g + 0.9505 * b};
}

static double lab_f(double t)
{
	return t > 216.0 / 24389 ? root(t, 3) : (24389.0 / 27 * t + 16) / 116;
}

double ui_colour_distance(uint32_t a, uint32_t b)
{
	struct xyz p = to_xyz(a), q = to_xyz(b);
	double fx = lab_f(p.x / 0.95047) - lab_f(q.x / 0.95047);
	double fy = lab_f(p.y) - lab_f(q.y);
	double fz = lab_f(p.z / 1.08883) - lab_f(q.z / 1.08883);
	double dl = 116 * fy, da = 500 * (fx - fy), db = 200 * (fy - fz);
	return root(dl * dl + da * da + db * db, 2);
}

double ui_colour_contrast(uint32_t a, uint32_t b)
{
	double la = to_xyz(a).y + 0.05, lb = to_xyz(b).y + 0.05;
	return la > lb ? la / lb : lb / la;
}

static unsigned int nearest(uint32_t rgb, unsigned int from, unsigned int to)
{
	unsigned int best = from;
	double least = 1e9;
	for (unsigned int i = from; i < to; i++) {
		double d = ui_colour_distance(rgb, ui_colour_rgb(i));
		if (d < least) {
			least = d;
			best = i;
		}
	}
	return best;
}

unsigned int ui_colour_256(uint32_t rgb)
{
	return nearest(rgb, 16, 256); /* the first 16 are whatever the user set */
}

unsigned int ui_colour_16(uint32_t rgb)
{
	return nearest(rgb, 0, 16);
}
