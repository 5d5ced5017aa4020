package cost

import (
	"fmt"

	"acequia/shared/pipeline"
)

// Dollars is an amount of US dollars times 10^-12.
type Dollars int64

// Of gives what the usage costs.
func Of(u pipeline.Usage) Dollars {
	sum := s3Get*price(u.S3Gets) + s3Put*price(u.S3Puts) + sqsRequest*price(u.SQSRequests) + invocation*price(u.Invocations)
	return Dollars(sum) + timeOf(u.MBMilliseconds)
}

// timeOf rounds to the nearest, and divides first: a year of 10 GB would not fit into what comes of multiplying.
func timeOf(mbMilliseconds int64) Dollars {
	seconds, rest := mbMilliseconds/mbMillisecondsPerGBSecond, mbMilliseconds%mbMillisecondsPerGBSecond
	part := (price(rest)*gbSecond + mbMillisecondsPerGBSecond/2) / mbMillisecondsPerGBSecond
	return Dollars(price(seconds)*gbSecond + part)
}

// String gives the amount as a decimal number, without a sign for the currency: 0.000210000000.
func (d Dollars) String() string {
	const unit = 1_000_000_000_000
	if d < 0 {
		return "-" + (-d).String()
	}
	return fmt.Sprintf("%d.%012d", d/unit, d%unit)
}
