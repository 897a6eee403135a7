// How Teams draws a card, as far as its published host configuration for web previews says: the same light bands in the
// dark theme, and colours of text that are too weak on some backgrounds, which is why our cards never colour text.

export type Theme = "light" | "dark";

interface Ink {
  readonly default: string;
  readonly subtle: string;
}

const DARK_INK: Ink = { default: "#ff201f1f", subtle: "#ff2d2c2c" };
const BLACK: Ink = { default: "#ff252424", subtle: "#bf252424" };
const WHITE: Ink = { default: "#ffffffff", subtle: "#bfffffff" };

const COLOURS: Readonly<Record<Theme, Readonly<Record<string, string>>>> = {
  light: { accent: "#ff5b5fc7", good: "#ff92c353", warning: "#fff8d22a", attention: "#ffc4314b" },
  dark: { accent: "#ffa6a7dc", good: "#ff92c353", warning: "#fff8d22a", attention: "#ffd74654" },
};

function inks(text: Ink, theme: Theme): Readonly<Record<string, Ink>> {
  const colours = Object.entries(COLOURS[theme]).map(([name, colour]) => [name, { default: colour, subtle: colour }]);
  return { default: text, dark: BLACK, light: WHITE, ...Object.fromEntries(colours) };
}

export function hostConfig(theme: Theme): Readonly<Record<string, unknown>> {
  const own = theme === "dark" ? WHITE : BLACK;
  const style = (backgroundColor: string, ink: Ink) => ({ backgroundColor, foregroundColors: inks(ink, theme) });
  const bold = { weight: "bolder" };
  return {
    hostCapabilities: { capabilities: null },
    supportsInteractivity: true,
    fontFamily: "'Segoe UI', 'Open Sans', system-ui, 'Noto Color Emoji', sans-serif",
    fontTypes: {
      default: {
        fontFamily: "'Segoe UI', 'Open Sans', system-ui, 'Noto Color Emoji', sans-serif",
        fontSizes: { small: 12, default: 14, medium: 14, large: 18, extraLarge: 24 },
        fontWeights: { lighter: 200, default: 400, bolder: 600 },
      },
      monospace: {
        fontFamily: "Consolas, 'DejaVu Sans Mono', monospace",
        fontSizes: { small: 12, default: 14, medium: 14, large: 18, extraLarge: 24 },
        fontWeights: { lighter: 200, default: 400, bolder: 600 },
      },
    },
    spacing: { small: 8, default: 12, medium: 16, large: 20, extraLarge: 24, padding: 16 },
    separator: { lineThickness: 1, lineColor: theme === "dark" ? "#40ffffff" : "#33252424" },
    containerStyles: {
      default: style(theme === "dark" ? "#ff2d2c2c" : "#ffffffff", own),
      emphasis: style(theme === "dark" ? "#ff292828" : "#fff3f2f1", own),
      accent: style("#ffc7def9", DARK_INK),
      good: style("#ffccffcc", DARK_INK),
      attention: style("#ffffc5b2", DARK_INK),
      warning: style("#ffffe2b2", DARK_INK),
    },
    actions: {
      maxActions: 6,
      spacing: "default",
      buttonSpacing: 8,
      actionsOrientation: "horizontal",
      actionAlignment: "left",
    },
    factSet: {
      title: { ...bold, size: "default", wrap: true, maxWidth: 150 },
      value: { size: "default", wrap: true },
      spacing: 16,
    },
    textBlock: { headingLevel: 2 },
  };
}
