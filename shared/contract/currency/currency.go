// Package currency takes a code and says if it is a currency's.
package currency

import "strings"

// active holds the active codes of ISO 4217, List One (https://www.six-group.com/en/products-services/financial-information/data-standards.html,
// as of January 2026, after Bulgaria's BGN and the Antilles' ANG), without XTS and XXX, which stand for tests and for "no
// currency".
const active = " AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE " +
	"CHF CHW CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD " +
	"HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA " +
	"MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB " +
	"RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI " +
	"UYU UYW UZS VED VES VND VUV WST XAD XAF XAG XAU XBA XBB XBC XBD XCD XCG XDR XOF XPD XPF XPT XSU XUA YER ZAR ZMW ZWG "

// codes has a bit for every three capital letters.
var codes = func() (all [letters*letters*letters/64 + 1]uint64) {
	for _, code := range strings.Fields(active) {
		n, _ := number([]byte(code))
		all[n/64] |= 1 << (n % 64)
	}
	return all
}()

const letters = 26

// number gives the place of three capital letters among all that there are.
func number(code []byte) (n uint, ok bool) {
	if len(code) != 3 {
		return 0, false
	}
	first, second, third := uint(code[0])-'A', uint(code[1])-'A', uint(code[2])-'A'
	return (first*letters+second)*letters + third, first < letters && second < letters && third < letters
}

// Known tells whether code, in capital letters, is an active code of ISO 4217.
func Known(code []byte) bool {
	n, ok := number(code)
	return ok && codes[n/64]&(1<<(n%64)) != 0
}
