/**
 * Browsers open files with names beyond ASCII only where the locale says UTF-8, and a bare Debian sets none. Every
 * process that the tests start inherits this.
 */
const { LC_ALL, LC_CTYPE, LANG } = process.env
if (!/utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || '')) process.env.LC_ALL = 'C.UTF-8'
