"""Contrasts that axe-core does not measure: of borders and fills (WCAG 2.2, 1.4.11)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

MIN_CONTRAST = 3

# The contrasts of the border and of the fill of each visible element with what is around it.
_MEASURE = """selector => {
    const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
    const draw = colours => {
        for (const colour of colours) {
            canvas.fillStyle = colour;
            canvas.fillRect(0, 0, 1, 1);
        }
        return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map(value => value / 255);
    };
    const luminance = colour => draw(colour)
        .map(value => value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
        .reduce((sum, value, i) => sum + value * [0.2126, 0.7152, 0.0722][i], 0);
    const contrast = (one, other) => {
        const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
        return (light + 0.05) / (dark + 0.05);
    };
    const behind = element => {
        const colours = ["Canvas"];
        for (const each of [document.documentElement, document.body]) {
            colours.push(getComputedStyle(each).backgroundColor);
        }
        const parents = [];
        for (let each = element; each && each !== document.body; each = each.parentElement) {
            parents.unshift(getComputedStyle(each).backgroundColor);
        }
        return [...colours, ...parents];
    };
    const visible = [...document.querySelectorAll(selector)].filter(each => each.checkVisibility());
    return visible.map(each => {
        const around = behind(each.parentElement);
        const border = [...around, getComputedStyle(each).borderBlockEndColor];
        const markup = each.outerHTML.slice(0, 80);
        return [markup, contrast(border, around), contrast(behind(each), around)];
    });
}"""


def faint_fields(page: Page) -> list[str]:
    """Return the fields that neither their border nor their fill sets apart."""
    fields = "input:not([type=hidden], :disabled), select:not(:disabled), textarea:not(:disabled)"
    return [
        f"{markup}: {border:.2f}"
        for markup, border, fill in page.evaluate(_MEASURE, fields)
        if max(border, fill) < MIN_CONTRAST
    ]


def fill_contrast(page: Page, selector: str) -> float:
    """Return the contrast of the fill of the first such element with what is around it."""
    measured: list[tuple[str, float, float]] = page.evaluate(_MEASURE, selector)
    return measured[0][2]
