/** @see https://www.alibabacloud.com/help/en/oss/user-guide/resize-images-4 */
import { describe, expect, it } from 'vitest'
import { planResize } from '../../../src/emulator/operations/plan-resize.ts'

const facts = { width: 200, height: 100, format: 'jpg' }

describe('image/resize', () => {
  // The manual's own picture of 200 × 100 pixels, in each mode within or around 150 × 80.
  it.each([
    ['w_150,h_80', 150, 75, 'stretch'],
    ['m_lfit,w_150,h_80', 150, 75, 'stretch'],
    ['m_mfit,w_150,h_80', 160, 80, 'stretch'],
    ['m_fill,w_150,h_80', 150, 80, 'cover'],
    ['m_pad,w_150,h_80', 150, 80, 'contain'],
    ['m_fixed,w_150,h_80', 150, 80, 'stretch'],
  ])('%s makes %i × %i pixels, %s', (text, width, height, fit) => {
    expect(planResize(text, facts)).toEqual({ width, height, fit, background: '#FFFFFF' })
  })

  it.each([
    ['w_100', 100, 50],
    ['h_25,', 50, 25],
    ['m_mfit,w_100', 100, 50],
    ['w_1', 1, 1],
    // Modes of a fixed size: the side that is not given is as long.
    ['m_fixed,w_50', 50, 50],
    ['m_fill,h_100', 100, 100],
    ['m_pad,w_80', 80, 80],
    // The longest side, the shortest side, percent.
    ['l_100', 100, 50],
    ['s_50', 100, 50],
    ['p_50', 100, 50],
    ['p_1', 2, 1],
    ['w_100,l_20,s_20,p_10', 100, 50],
    // Nothing is made larger unless it is asked.
    ['w_400', 200, 100],
    ['w_400,limit_1', 200, 100],
    ['w_400,limit_0', 400, 200],
    ['l_400', 200, 100],
    ['m_fill,w_300,h_300', 200, 100],
    ['m_fill,w_300,h_300,limit_0', 300, 300],
    ['m_pad,w_300,h_50,limit_0', 300, 50],
  ])('%s makes %i × %i pixels of 200 × 100', (text, width, height) => {
    expect(planResize(text, facts)).toMatchObject({ width, height })
  })

  it('that would make a picture larger leaves it whole: nothing is cut off or added', () => {
    expect(planResize('m_fill,w_300,h_300', facts)).toMatchObject({ fit: 'stretch' })
    expect(planResize('m_pad,w_300,h_300', facts)).toMatchObject({ fit: 'stretch' })
  })

  it('never makes a GIF larger', () => {
    const gif = { ...facts, format: 'gif' }
    expect(planResize('w_400,limit_0', gif)).toMatchObject({ width: 200, height: 100 })
  })

  it('of m_pad has the colour that is asked for', () => {
    const { background } = planResize('m_pad,w_100,h_100,color_FF0000', facts)
    expect(background).toBe('#FF0000')
  })

  it('keeps one pixel of the thinnest picture', () => {
    const line = { width: 30_000, height: 1, format: 'png' }
    expect(planResize('w_10', line)).toMatchObject({ width: 10, height: 1 })
  })

  it.each([
    ['w_0', 'InvalidArgument'],
    ['w_16385', 'InvalidArgument'],
    ['w_x', 'InvalidArgument'],
    ['h_-1', 'NotImplemented'],
    ['w_40,limit_2', 'InvalidArgument'],
    // The manual's own example of a wrong mode.
    ['w_100,m_abc', 'InvalidArgument'],
    ['m_pad,w_40,color_red', 'InvalidArgument'],
    ['m_pad,w_40,color_FFFFFFFF', 'InvalidArgument'],
    ['p_0', 'InvalidArgument'],
    ['p_1001', 'InvalidArgument'],
    ['m_fixed,w_16384,h_1025,limit_0', 'InvalidArgument'],
    ['w_9000,limit_0', 'InvalidArgument'],
    ['h_8193,limit_0', 'InvalidArgument'],
    ['', 'NotImplemented'],
    ['m_fill', 'NotImplemented'],
    ['l_40,s_40', 'NotImplemented'],
    ['m_fill,l_40', 'NotImplemented'],
    ['p_150', 'NotImplemented'],
    ['w_40,r_3', 'NotImplemented'],
  ])('%j ends with %s', (text, code) => {
    expect(() => planResize(text, facts)).toThrow(expect.objectContaining({ code }))
  })
})
