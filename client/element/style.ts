/** The style sheet. Colours follow the page's text colour and `color-scheme`; variables and parts change the rest. */

/** Without white space, because the bundler does not minify text. */
const CSS = `
:host{--a:var(--oss-accent,light-dark(#0a58ca,#7db2ff));--b:var(--oss-bad,light-dark(#b3261e,#ff9a92));--r:var(--oss-radius,.7rem);display:block}
:host([hidden]),[hidden]{display:none!important}
*{box-sizing:border-box;margin:0;padding:0}
[part~=drop]{display:grid;justify-items:center;gap:.6rem;padding:1.75rem;text-align:center;border:2px dashed gray;border-radius:var(--r)}
[part~=over]{border:2px solid var(--a)}
button{min-width:2.25rem;min-height:2.25rem;padding:0 .6rem;border:0;border-radius:var(--r);color:inherit;background:none;font:inherit}
button:hover,[part~=over],[part=thumb]{background:#8883}
button:focus-visible{outline:3px solid var(--a);outline-offset:2px}
button:disabled{opacity:.5}
[part=choose]{padding:.6rem;font-weight:600;color:var(--oss-on-accent,light-dark(#fff,#08121f));background:var(--a)!important}
small{font-size:.875em;opacity:.8;font-variant-numeric:tabular-nums}
li{list-style:none;overflow-wrap:anywhere}
ul{color:var(--b)}
ul li{margin-top:.6rem}
[part~=row]{display:grid;grid-template-columns:2.75rem minmax(0,1fr) auto;gap:.6rem;align-items:center;padding:.6rem;content-visibility:auto;contain-intrinsic-size:auto 4.5rem}
[part~=row]+*{border-top:1px solid #8883}
[part=thumb]{display:grid;place-items:center;height:2.75rem;overflow:hidden;border-radius:var(--r);font-size:.7em;font-weight:600}
img{width:100%;height:100%;object-fit:cover}
[part=facts]{display:grid;justify-items:start}
b,small{unicode-bidi:plaintext}
progress{width:100%;height:.6rem;accent-color:var(--a)}
:is([part~=done],[part~=stored]) small{color:var(--oss-good,light-dark(#0b6b3a,#6ddc9f));opacity:1}
[part~=error] small{color:var(--b);opacity:1}
:is([part~=done],[part~=stored]) small:before{content:"✓ "}
[part~=error] small:before{content:"! "}
[part=retry]{border:1px solid}
output{position:absolute;width:1px;height:1px;overflow:hidden;opacity:0}`

let sheet: CSSStyleSheet | undefined

/** One sheet for all elements of the page; constructed, so that a policy without 'unsafe-inline' allows it. */
export function getSheet(): CSSStyleSheet {
  if (!sheet) {
    sheet = new CSSStyleSheet()
    sheet.replaceSync(CSS)
  }
  return sheet
}
