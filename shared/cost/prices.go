// Package cost takes what the functions used and gives what that costs at list prices: an estimate, and no bill.
package cost

// PricesOf is the month of the prices, which are those of us-east-1 without free tier, discounts and taxes.
const PricesOf = "2026-11"

// price is what one of a thing costs, in dollars times 10^-12: the smallest price has that many places.
type price int64

// The prices, each with the page that gives it. What is left out costs nothing (traffic between S3, SQS and Lambda within a
// region, DELETE) or cannot be laid to one file: storage, which goes by the month; the database; logs. See docs/COST.md.
const (
	// https://aws.amazon.com/s3/pricing: S3 Standard, 0.0004 $ for 1,000 GET and all other requests, 0.005 $ for 1,000 PUT, COPY, POST
	// and LIST requests.
	s3Get price = 400_000
	s3Put price = 5_000_000
	// https://aws.amazon.com/sqs/pricing: standard queues, 0.40 $ for a million requests of up to 64 KB.
	sqsRequest price = 400_000
	// https://aws.amazon.com/lambda/pricing: 0.20 $ for a million invocations; arm64, 0.0000133334 $ for a second with 1 GB of memory.
	invocation price = 200_000
	gbSecond   price = 13_333_400
)

// mbMillisecondsPerGBSecond is how many of Usage's MB milliseconds make a GB second.
const mbMillisecondsPerGBSecond = 1024 * 1000
