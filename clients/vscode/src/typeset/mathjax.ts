/** LaTeX to SVG by MathJax, in the extension's process: no fonts, scripts or network for whoever shows the picture. */
import { liteAdaptor } from 'mathjax-full/js/adaptors/liteAdaptor.js';
import { STATE } from 'mathjax-full/js/core/MathItem.js';
import { SerializedMmlVisitor } from 'mathjax-full/js/core/MmlTree/SerializedMmlVisitor.js';
import { RegisterHTMLHandler } from 'mathjax-full/js/handlers/html.js';
import { TeX } from 'mathjax-full/js/input/tex.js';
import 'mathjax-full/js/input/tex/ams/AmsConfiguration.js';
import 'mathjax-full/js/input/tex/base/BaseConfiguration.js';
import 'mathjax-full/js/input/tex/boldsymbol/BoldsymbolConfiguration.js';
import 'mathjax-full/js/input/tex/configmacros/ConfigMacrosConfiguration.js';
import 'mathjax-full/js/input/tex/newcommand/NewcommandConfiguration.js';
import 'mathjax-full/js/input/tex/noundefined/NoUndefinedConfiguration.js';
import { mathjax } from 'mathjax-full/js/mathjax.js';
import { SVG } from 'mathjax-full/js/output/svg.js';

/** MathJax's table of macros: a body, or a body with its number of parameters and an optional argument's default. */
export type Macros = Record<string, string | [string, number] | [string, number, string]>;

/** A typeset formula: an SVG in ex units that inherits its colour, and MathML for readers of the screen. */
export interface Typeset {
  svg: string;
  mathml: string;
  /** ex */
  width: number;
  height: number;
  /** ex below the line of the text */
  depth: number;
}

/** Of the packages that authors load, what MathJax has no name for. */
const KNOWN: Macros = {
  bm: ['\\boldsymbol{#1}', 1],
  tr: '\\operatorname{tr}',
};

const adaptor = liteAdaptor();
RegisterHTMLHandler(adaptor);
const visitor = new SerializedMmlVisitor();

/** The typeset formula; null where MathJax cannot read it. */
export function typeset(latex: string, macros: Macros, display: boolean): Typeset | null {
  const tex = new TeX({
    packages: ['base', 'ams', 'boldsymbol', 'newcommand', 'configmacros', 'noundefined'],
    macros: { ...KNOWN, ...macros },
    maxMacros: 1000,
    formatError: (_: unknown, error: Error) => {
      throw error;
    },
  });
  // glyphs once for each picture, so that it stands alone
  const output = new SVG({ fontCache: 'local' });
  const page = mathjax.document('', { InputJax: tex, OutputJax: output });
  try {
    const options = { display, em: 16, ex: 8, containerWidth: 80 * 16 };
    const mathml = visitor.visitTree(page.convert(latex, { ...options, end: STATE.CONVERT }));
    const container = page.convert(latex, options);
    const svg = adaptor.firstChild(container) as Parameters<typeof adaptor.getAttribute>[0];
    const ex = (name: string): number => Number.parseFloat(adaptor.getAttribute(svg, name) ?? '0');
    const depth = -Number.parseFloat(adaptor.getStyle(svg, 'vertical-align') || '0');
    const [width, height] = [ex('width'), ex('height')];
    adaptor.removeAttribute(svg, 'style');
    return { svg: adaptor.outerHTML(svg), mathml, width, height, depth };
  } catch {
    return null;
  }
}
